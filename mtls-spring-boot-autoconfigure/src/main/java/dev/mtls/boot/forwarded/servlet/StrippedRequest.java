package dev.mtls.boot.forwarded.servlet;

import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.forwarded.ForwardingHeaders;

/**
 * A request as if it had come without forwarding headers, its trailer included.
 */
class StrippedRequest extends HttpServletRequestWrapper {

	private static final int NO_NUMBER = -1;

	private final ForwardingHeaders headers;

	StrippedRequest(HttpServletRequest request, ForwardingHeaders headers) {
		super(request);
		this.headers = headers;
	}

	/**
	 * Whether a request is such a one already, which it is in a dispatch that the
	 * application began with it.
	 * @param request the request
	 * @return whether it or a request that it wraps is
	 */
	static boolean isIn(ServletRequest request) {
		ServletRequest current = request;
		while (!(current instanceof StrippedRequest)) {
			if (!(current instanceof ServletRequestWrapper wrapper)) {
				return false;
			}
			current = wrapper.getRequest();
		}
		return true;
	}

	@Override
	public @Nullable String getHeader(String name) {
		return this.headers.contains(name) ? null : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		return this.headers.contains(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		return Collections.enumeration(Collections.list(super.getHeaderNames())
			.stream()
			.filter((name) -> !this.headers.contains(name))
			.toList());
	}

	@Override
	public int getIntHeader(String name) {
		return this.headers.contains(name) ? NO_NUMBER : super.getIntHeader(name);
	}

	@Override
	public long getDateHeader(String name) {
		return this.headers.contains(name) ? NO_NUMBER : super.getDateHeader(name);
	}

	@Override
	public Map<String, String> getTrailerFields() {
		Map<String, String> fields = new LinkedHashMap<>(super.getTrailerFields());
		fields.keySet().removeIf(this.headers::contains);
		return fields;
	}

}
