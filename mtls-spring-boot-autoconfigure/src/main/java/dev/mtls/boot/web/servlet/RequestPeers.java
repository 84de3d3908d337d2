package dev.mtls.boot.web.servlet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

import dev.mtls.boot.web.RequestPeer;

/**
 * Tells functional endpoints, and whatever else has a servlet request, who its peer is.
 */
public final class RequestPeers {

	private RequestPeers() {
	}

	/**
	 * The peer of a request to a functional endpoint.
	 * @param request the request
	 * @return the peer
	 */
	public static RequestPeer of(ServerRequest request) {
		return of(request.servletRequest());
	}

	/**
	 * The peer of a request.
	 * @param request the request
	 * @return the peer
	 */
	public static RequestPeer of(ServletRequest request) {
		return new RequestPeer(List.of(PeerOfRequest.certificates(request)), addressOf(request));
	}

	private static @Nullable InetAddress addressOf(ServletRequest request) {
		if (request.getAttribute(RequestPeer.FORWARDED_ADDRESS) instanceof Optional<?> forwarded) {
			return (InetAddress) forwarded.orElse(null);
		}
		try {
			return PeerOfRequest.address(request);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
