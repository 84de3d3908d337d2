package dev.mtls.integration;

import java.net.InetAddress;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientCert;

/**
 * STOMP over WebSocket in a servlet application, which answers with who the peer is.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableWebSocketMessageBroker
class StompPeers implements WebSocketMessageBrokerConfigurer {

	@Override
	public void registerStompEndpoints(StompEndpointRegistry registry) {
		registry.addEndpoint("/stomp");
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.setApplicationDestinationPrefixes("/app");
	}

	/**
	 * Answers subscriptions.
	 */
	@Controller
	static class PeerMessages {

		@SubscribeMapping("/peer")
		String peer(@ClientCert String name, @ClientAddress InetAddress address) {
			return "%s at %s".formatted(name, address.getHostAddress());
		}

	}

}
