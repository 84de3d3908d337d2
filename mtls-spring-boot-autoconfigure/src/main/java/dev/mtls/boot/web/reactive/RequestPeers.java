package dev.mtls.boot.web.reactive;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.gate.LiveConnection;

/**
 * Tells functional endpoints, and whatever else has an exchange, who the peer of its
 * request is.
 */
public final class RequestPeers {

	private static final boolean HAS_NETTY = ClassUtils.isPresent("reactor.netty.http.server.HttpServerRequest",
			RequestPeers.class.getClassLoader());

	private RequestPeers() {
	}

	/**
	 * The peer of a request to a functional endpoint.
	 * @param request the request
	 * @return the peer
	 */
	public static RequestPeer of(ServerRequest request) {
		return of(request.exchange());
	}

	/**
	 * The peer of a request.
	 * @param exchange the exchange of the request
	 * @return the peer
	 */
	public static RequestPeer of(ServerWebExchange exchange) {
		return new RequestPeer(List.of(PeerCertificates.of(exchange.getRequest())), addressOf(exchange));
	}

	private static @Nullable InetAddress addressOf(ServerWebExchange exchange) {
		if (exchange.getAttribute(RequestPeer.FORWARDED_ADDRESS) instanceof Optional<?> forwarded) {
			return (InetAddress) forwarded.orElse(null);
		}
		LiveConnection connection = connectionOf(exchange.getRequest());
		if (connection != null && connection.address() != null) {
			return connection.address();
		}
		InetSocketAddress remote = HAS_NETTY ? Netty.remoteAddress(exchange.getRequest())
				: exchange.getRequest().getRemoteAddress();
		return (remote != null) ? remote.getAddress() : null;
	}

	private static @Nullable LiveConnection connectionOf(ServerHttpRequest request) {
		try {
			return ConnectionOfRequest.of(request);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			// One that a test made up
			return null;
		}
	}

	/**
	 * Reactor Netty, whose own request no transformer of forwarded headers has changed.
	 */
	private static final class Netty {

		static @Nullable InetSocketAddress remoteAddress(ServerHttpRequest request) {
			try {
				Object own = ServerHttpRequestDecorator.getNativeRequest(request);
				if (own instanceof HttpServerRequest netty) {
					return (netty.connectionRemoteAddress() instanceof InetSocketAddress remote) ? remote : null;
				}
			}
			catch (IllegalArgumentException | IllegalStateException ex) {
				// One that a test made up
			}
			return request.getRemoteAddress();
		}

	}

}
