package dev.mtls.boot.web.servlet;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.boot.web.ProblemDocument;
import dev.mtls.decision.Decision;
import dev.mtls.gate.Gate;

/**
 * Asks the gate at each request, where the server does not ask it at each connection: in
 * a container that is not ours, and where a certificate is wanted but not needed.
 */
public final class GateFilter extends HttpFilter {

	private final transient Gate gate;

	private final transient ExcludedPaths excludedPaths;

	/**
	 * Create a filter.
	 * @param gate the gate
	 * @param excludedPaths if there are any, the paths that alone need no certificate
	 */
	public GateFilter(Gate gate, ExcludedPaths excludedPaths) {
		this.gate = gate;
		this.excludedPaths = excludedPaths;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		List<X509Certificate> certificates = List.of(PeerOfRequest.certificates(request));
		this.gate.askRevocation(certificates).join();
		Decision.Deny denial = this.gate.checkRequest(certificates, PeerOfRequest.address(request),
				certificateRequired(request));
		if (denial == null) {
			chain.doFilter(request, response);
			return;
		}
		ProblemResponse.write(ProblemDocument.of(denial), response);
	}

	private boolean certificateRequired(HttpServletRequest request) {
		if (this.excludedPaths.isEmpty()) {
			return false;
		}
		// As it was sent: a filter before may believe a forwarded prefix
		HttpServletRequest sent = (HttpServletRequest) PeerOfRequest.innermost(request);
		return !this.excludedPaths.contains(sent.getRequestURI(), sent.getContextPath());
	}

}
