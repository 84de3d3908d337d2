package dev.mtls.boot.metrics;

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.observation.ServerRequestObservationContext;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.servlet.PeerOfRequest;

/**
 * Tells spans of servlet requests who the peer is. Behind a proxy that is the client,
 * because the request is wrapped before it is observed.
 */
public final class ServletPeerObservationFilter extends PeerObservationFilter<ServerRequestObservationContext> {

	/**
	 * Create a filter.
	 */
	public ServletPeerObservationFilter() {
		super(ServerRequestObservationContext.class);
	}

	@Override
	@Nullable RequestPeer peerOf(ServerRequestObservationContext context) {
		HttpServletRequest request = context.getCarrier();
		return (request != null) ? new RequestPeer(List.of(PeerOfRequest.certificates(request)), null) : null;
	}

}
