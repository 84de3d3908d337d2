package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
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
		// A literal, which is never looked up
		InetAddress address = InetAddress.getByName(request.getRemoteAddr());
		Decision.Deny denial = this.gate.checkRequest(certificates(request), address);
		if (denial == null) {
			chain.doFilter(request, response);
			return;
		}
		ProblemDocument problem = ProblemDocument.of(denial);
		response.setStatus(problem.status().value());
		response.setContentType(ProblemDocument.MEDIA_TYPE);
		response.getWriter().write(problem.toJson());
	}

	private static List<X509Certificate> certificates(HttpServletRequest request) {
		Object certificates = request.getAttribute(CERTIFICATES);
		return (certificates instanceof X509Certificate[] chain) ? List.of(chain) : List.of();
	}

}
