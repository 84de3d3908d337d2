package dev.mtls.boot.web.reactive;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import reactor.netty.Connection;

import dev.mtls.boot.netty.LiveConnections;
import dev.mtls.boot.web.servlet.PeerOfRequest;
import dev.mtls.gate.LiveConnection;

/**
 * The connection over which a request came, on any of the servers.
 */
public final class ConnectionOfRequest {

	private static final boolean HAS_NETTY = isPresent("reactor.netty.Connection");

	private static final boolean HAS_SERVLETS = isPresent("jakarta.servlet.ServletRequest");

	private ConnectionOfRequest() {
	}

	/**
	 * Return the connection of a request.
	 * @param request the request
	 * @return the connection, or {@code null} if the server does not tell
	 */
	public static @Nullable LiveConnection of(ServerHttpRequest request) {
		Object server = ServerHttpRequestDecorator.getNativeRequest(request);
		if (HAS_NETTY && server instanceof Connection connection) {
			return LiveConnections.of(connection.channel());
		}
		return (HAS_SERVLETS && server instanceof ServletRequest servlet) ? PeerOfRequest.connection(servlet) : null;
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, ConnectionOfRequest.class.getClassLoader());
	}

}
