package dev.mtls.boot.forwarded.servlet;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import dev.mtls.boot.forwarded.ForwardingHeaders;

/**
 * Removes the headers with which a proxy would speak of its client, because it is no
 * proxy that sends them. It has to come before every other filter, and in every dispatch:
 * a container begins that of an error with the request as it was received.
 */
public final class ForwardingHeaderFilter extends HttpFilter {

	private final transient ForwardingHeaders headers;

	/**
	 * Create a filter.
	 * @param headers the headers to remove
	 */
	public ForwardingHeaderFilter(ForwardingHeaders headers) {
		this.headers = headers;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		// Whatever was received: a trailer comes after the headers
		chain.doFilter(StrippedRequest.isIn(request) ? request : new StrippedRequest(request, this.headers), response);
	}

}
