package dev.mtls.integration;

import java.io.IOException;
import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.boot.web.servlet.RequestPeers;

/**
 * Functional endpoints and WebSockets of a servlet application that answer with who the
 * peer is.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableWebSocket
class ServletPeers implements WebSocketConfigurer {

	@Bean
	RouterFunction<ServerResponse> peerEndpoints() {
		return RouterFunctions.route()
			.GET("/functional/peer",
					(request) -> ServerResponse.ok().body(RequestPeers.of(request).requiredIdentity().displayName()))
			.GET("/functional/address",
					(request) -> ServerResponse.ok()
						.body(Objects.requireNonNull(RequestPeers.of(request).address()).getHostAddress()))
			.build();
	}

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		registry.addHandler(new Handler(), "/socket/peer");
		registry.addHandler(new Handler(), "/socket/sockjs").withSockJS();
		registry.addHandler(new GuardedHandler(), "/socket/admin");
	}

	/**
	 * Says who the peer is.
	 */
	private static class Handler extends TextWebSocketHandler {

		@Override
		public void afterConnectionEstablished(WebSocketSession session) throws IOException {
			session.sendMessage(new TextMessage(RequestPeer.of(session.getAttributes()).toString()));
		}

	}

	/**
	 * Says it only to an administrator.
	 */
	@RequireClientCert(allowed = GuardedController.ADMIN)
	private static final class GuardedHandler extends Handler {

	}

}
