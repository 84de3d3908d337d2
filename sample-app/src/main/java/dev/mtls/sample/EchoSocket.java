package dev.mtls.sample;

import java.io.IOException;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import dev.mtls.boot.web.RequestPeer;

/**
 * A WebSocket that sends each message back, with the name of who sent it.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class EchoSocket implements WebSocketConfigurer {

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		registry.addHandler(new Handler(), "/ws/echo");
	}

	/**
	 * Answers messages.
	 */
	private static final class Handler extends TextWebSocketHandler {

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
			String name = RequestPeer.of(session.getAttributes()).requiredIdentity().displayName();
			session.sendMessage(new TextMessage("%s: %s".formatted(name, message.getPayload())));
		}

	}

}
