package dev.mtls.boot.messaging;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientAddresses;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertificates;
import dev.mtls.boot.web.RequestPeer;

/**
 * Resolves {@link ClientCert} and {@link ClientAddress} parameters of methods that handle
 * messages over WebSocket, such as those of STOMP: from the handshake.
 */
public final class PeerMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientCertificates.supports(parameter) || ClientAddresses.supports(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
		Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
		RequestPeer peer = RequestPeer.of((attributes != null) ? attributes : Map.of());
		return ClientCertificates.supports(parameter) ? ClientCertificates.resolve(parameter, peer)
				: ClientAddresses.resolve(peer);
	}

}
