package dev.mtls.boot.web.servlet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.server.ConnectionHolder;
import dev.mtls.gate.LiveConnection;

/**
 * What a container tells of the peer of a request.
 */
public final class PeerOfRequest {

	private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	// Tomcat's
	private static final String SSL_SESSION = "jakarta.servlet.request.ssl_session_mgr";

	private PeerOfRequest() {
	}

	/**
	 * The certificates that the peer presented (Jakarta Servlet, section 3.10).
	 * @param request the request
	 * @return the peer's own certificate first; empty if it presented none
	 */
	public static X509Certificate[] certificates(ServletRequest request) {
		return (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain) ? chain : new X509Certificate[0];
	}

	/**
	 * The peer's address that the gate decided on, else as the container knows it: a
	 * filter before, or the container itself, may believe a forwarded header.
	 * @param request the request
	 * @return the address
	 * @throws UnknownHostException if it is none
	 */
	public static InetAddress address(ServletRequest request) throws UnknownHostException {
		LiveConnection connection = connection(request);
		if (connection != null && connection.address() != null) {
			return connection.address();
		}
		// A literal, which is never looked up
		return InetAddress.getByName(innermost(request).getRemoteAddr());
	}

	/**
	 * The connection over which a request came.
	 * @param request the request
	 * @return the connection, or {@code null} if the server does not tell
	 */
	public static @Nullable LiveConnection connection(ServletRequest request) {
		if (request.getAttribute(LiveConnection.class.getName()) instanceof LiveConnection connection) {
			return connection;
		}
		return (request.getAttribute(SSL_SESSION) instanceof ConnectionHolder holder) ? holder.connection() : null;
	}

	/**
	 * The request as the container made it.
	 * @param request the request, as filters have wrapped it
	 * @return the request of the container
	 */
	public static ServletRequest innermost(ServletRequest request) {
		ServletRequest innermost = request;
		while (innermost instanceof ServletRequestWrapper wrapper) {
			innermost = wrapper.getRequest();
		}
		return innermost;
	}

}
