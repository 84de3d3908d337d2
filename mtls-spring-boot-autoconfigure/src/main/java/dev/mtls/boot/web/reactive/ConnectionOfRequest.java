package dev.mtls.boot.web.reactive;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.websocket.WebsocketOutbound;

import dev.mtls.boot.web.servlet.PeerOfRequest;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tcp.netty.LiveConnections;

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

	/**
	 * Whether a request has become a WebSocket, which goes on when the handling of the
	 * request is over.
	 * @param request the request
	 * @param response the response
	 * @return whether it has
	 */
	public static boolean isUpgraded(ServerHttpRequest request, ServerHttpResponse response) {
		// Reactor Netty does not tell by the status
		return HttpStatus.SWITCHING_PROTOCOLS.equals(response.getStatusCode())
				|| (HAS_NETTY && ServerHttpRequestDecorator.getNativeRequest(request) instanceof Connection connection
						&& ChannelOperations.get(connection.channel()) instanceof WebsocketOutbound);
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, ConnectionOfRequest.class.getClassLoader());
	}

}
