package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;

import dev.mtls.boot.limit.RequestRateCheck;
import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers requests that are made with one certificate faster than allowed with status 429
 * (RFC 6585, section 4).
 */
public final class RequestRateFilter extends HttpFilter {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private final transient RequestRateCheck check;

	/**
	 * Create a filter.
	 * @param check counts the requests
	 */
	public RequestRateFilter(RequestRateCheck check) {
		this.check = check;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		// A literal, which is never looked up
		InetAddress address = InetAddress.getByName(request.getRemoteAddr());
		RequestRateCheck.Refusal refusal = this.check.check(certificates(request), address);
		if (refusal == null) {
			chain.doFilter(request, response);
			return;
		}
		ProblemDocument problem = ProblemDocument.of(refusal.denial());
		response.setStatus(problem.status().value());
		response.setHeader(HttpHeaders.RETRY_AFTER, refusal.retryAfter());
		response.setContentType(ProblemDocument.MEDIA_TYPE);
		response.getOutputStream().write(problem.toJson().getBytes(StandardCharsets.UTF_8));
	}

	private static X509Certificate[] certificates(HttpServletRequest request) {
		return (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain) ? chain : new X509Certificate[0];
	}

}
