package dev.mtls.boot.web.reactive;

import java.util.List;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.RequestPeer;

/**
 * Puts the peer of the handshake among the attributes of the session.
 *
 * @param delegate handles the session
 * @param peer the peer
 */
record PeerWebSocketHandler(WebSocketHandler delegate, RequestPeer peer) implements WebSocketHandler {

	@Override
	public List<String> getSubProtocols() {
		return this.delegate.getSubProtocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		session.getAttributes().put(RequestPeer.ATTRIBUTE, this.peer);
		return this.delegate.handle(session);
	}

}
