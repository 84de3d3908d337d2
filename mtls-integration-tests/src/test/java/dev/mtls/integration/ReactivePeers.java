package dev.mtls.integration;

import java.util.Map;
import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.boot.web.reactive.RequestPeers;

/**
 * Functional endpoints and WebSockets of a reactive application that answer with who the
 * peer is.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactivePeers {

	private static final int BEFORE_CONTROLLERS = -1;

	@Bean
	RouterFunction<ServerResponse> peerEndpoints() {
		return RouterFunctions.route()
			.GET("/functional/peer",
					(request) -> ServerResponse.ok()
						.bodyValue(RequestPeers.of(request).requiredIdentity().displayName()))
			.GET("/functional/address",
					(request) -> ServerResponse.ok()
						.bodyValue(Objects.requireNonNull(RequestPeers.of(request).address()).getHostAddress()))
			.build();
	}

	@Bean
	HandlerMapping peerSockets() {
		return new SimpleUrlHandlerMapping(Map.of("/socket/peer", new Handler(), "/socket/admin", new GuardedHandler()),
				BEFORE_CONTROLLERS);
	}

	/**
	 * Says who the peer is, unasked: Reactor Netty loses a message that comes before it
	 * has changed the pipeline, which it does late when another thread than that of the
	 * connection upgrades, as behind a Spring Security chain with a session.
	 */
	private static class Handler implements WebSocketHandler {

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(Mono.just(session.textMessage(RequestPeer.of(session.getAttributes()).toString())))
				.then(session.receive().then());
		}

	}

	/**
	 * Says it only to an administrator.
	 */
	@RequireClientCert(allowed = GuardedController.ADMIN)
	private static final class GuardedHandler extends Handler {

	}

}
