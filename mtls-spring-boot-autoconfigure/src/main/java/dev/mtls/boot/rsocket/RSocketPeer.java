package dev.mtls.boot.rsocket;

import reactor.core.publisher.Mono;

import dev.mtls.boot.web.RequestPeer;

/**
 * Who the peer of the current RSocket interaction is.
 */
public final class RSocketPeer {

	private RSocketPeer() {
	}

	/**
	 * The peer of the interaction or of the setup in whose Reactor context this is
	 * subscribed to.
	 * @return the peer with which the connection was admitted; empty outside of an
	 * interaction, and in one that no gate admitted
	 */
	public static Mono<RequestPeer> current() {
		return Mono.deferContextual((context) -> Mono.justOrEmpty(context.<RequestPeer>getOrEmpty(RequestPeer.class)));
	}

}
