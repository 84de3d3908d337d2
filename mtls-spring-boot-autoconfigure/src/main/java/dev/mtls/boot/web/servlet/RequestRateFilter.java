package dev.mtls.boot.web.servlet;

import java.io.IOException;

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
		RequestRateCheck.Refusal refusal = this.check.check(PeerOfRequest.certificates(request),
				PeerOfRequest.address(request));
		if (refusal == null) {
			chain.doFilter(request, response);
			return;
		}
		response.setHeader(HttpHeaders.RETRY_AFTER, refusal.retryAfter());
		ProblemResponse.write(ProblemDocument.of(refusal.denial()), response);
	}

}
