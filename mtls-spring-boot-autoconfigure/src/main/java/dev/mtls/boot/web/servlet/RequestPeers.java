package dev.mtls.boot.web.servlet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.RequestPeer;

/**
 * Tells functional endpoints, and whatever else has a servlet request, who its peer is.
 */
public final class RequestPeers {

	private static final String ADDRESS = ClientAddress.class.getName();

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

	// That of the connection, unless an attribute named like the annotation says
	// otherwise
	private static @Nullable InetAddress addressOf(ServletRequest request) {
		if (request.getAttribute(ADDRESS) instanceof InetAddress address) {
			return address;
		}
		try {
			return PeerOfRequest.address(request);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
