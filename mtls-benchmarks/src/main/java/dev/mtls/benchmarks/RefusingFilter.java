package dev.mtls.benchmarks;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.security.web.util.matcher.IpAddressMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses addresses as a servlet filter can: when the handshake is complete and the
 * request has been read.
 */
@ConditionalOnProperty("benchmark.allowed-network")
class RefusingFilter extends OncePerRequestFilter {

	private final IpAddressMatcher allowed;

	RefusingFilter(@Value("${benchmark.allowed-network}") String allowed) {
		this.allowed = new IpAddressMatcher(allowed);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (this.allowed.matches(request)) {
			chain.doFilter(request, response);
			return;
		}
		response.setStatus(HttpServletResponse.SC_FORBIDDEN);
	}

}
