package dev.mtls.boot.metrics;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.reactive.PeerCertificates;

/**
 * Tells spans of reactive requests who the peer is. Those that a proxy forwards have
 * none: they are observed before it is known for whom the proxy speaks, and the name of
 * the proxy in its place would mislead.
 */
public final class ReactivePeerObservationFilter extends PeerObservationFilter<ServerRequestObservationContext> {

	/**
	 * Create a filter.
	 */
	public ReactivePeerObservationFilter() {
		super(ServerRequestObservationContext.class);
	}

	@Override
	@Nullable RequestPeer peerOf(ServerRequestObservationContext context) {
		ServerHttpRequest request = context.getCarrier();
		if (request == null || context.getAttributes().containsKey(RequestPeer.FORWARDED_ADDRESS)) {
			return null;
		}
		return new RequestPeer(List.of(PeerCertificates.of(request)), null);
	}

}
