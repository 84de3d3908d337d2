package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * Asks the gate at each request, where the server does not ask it at each connection: in
 * a container that is not ours, and where a certificate is wanted but not needed.
 */
public final class GateFilter extends HttpFilter {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private final transient Gate gate;

	/**
	 * Create a filter.
	 * @param gate the gate
	 */
	public GateFilter(Gate gate) {
		this.gate = gate;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Decision.Deny denial = this.gate.checkRequest(certificates(request), address(request));
		if (denial == null) {
			chain.doFilter(request, response);
			return;
		}
		ProblemDocument problem = ProblemDocument.of(denial);
		response.setStatus(problem.status().value());
		response.setContentType(ProblemDocument.MEDIA_TYPE);
		response.getWriter().write(problem.toJson());
	}

	// As the container knows it: a filter before this one may believe a forwarded header
	private static InetAddress address(ServletRequest request) throws UnknownHostException {
		ServletRequest innermost = request;
		while (innermost instanceof ServletRequestWrapper wrapper) {
			innermost = wrapper.getRequest();
		}
		// A literal, which is never looked up
		return InetAddress.getByName(innermost.getRemoteAddr());
	}

	private static List<X509Certificate> certificates(HttpServletRequest request) {
		Object certificates = request.getAttribute(CERTIFICATES);
		return (certificates instanceof X509Certificate[] chain) ? List.of(chain) : List.of();
	}

}
