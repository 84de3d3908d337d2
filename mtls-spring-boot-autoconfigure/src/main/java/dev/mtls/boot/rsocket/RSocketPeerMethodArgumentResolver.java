package dev.mtls.boot.rsocket;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.reactive.HandlerMethodArgumentResolver;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientAddresses;
import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertificates;
import dev.mtls.boot.web.RequestPeer;

/**
 * Resolves {@link ClientCert} and {@link ClientAddress} parameters of methods that handle
 * what is sent over RSocket: from the connection.
 */
public final class RSocketPeerMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientCertificates.supports(parameter) || ClientAddresses.supports(parameter);
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, Message<?> message) {
		return RSocketPeer.current()
			.switchIfEmpty(Mono.error(() -> new IllegalStateException(
					"The peer is not known: the RSocket server is not behind the gate of mtls.server")))
			.flatMap((peer) -> Mono.justOrEmpty(resolve(parameter, peer)));
	}

	private static @Nullable Object resolve(MethodParameter parameter, RequestPeer peer) {
		return ClientCertificates.supports(parameter) ? ClientCertificates.resolve(parameter, peer)
				: ClientAddresses.resolve(peer);
	}

}
