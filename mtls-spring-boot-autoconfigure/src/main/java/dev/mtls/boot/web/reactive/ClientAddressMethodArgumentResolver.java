package dev.mtls.boot.web.reactive;

import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.ClientAddresses;

/**
 * Resolves {@link ClientAddress} parameters.
 */
public final class ClientAddressMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientAddresses.supports(parameter);
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext bindingContext,
			ServerWebExchange exchange) {
		return Mono.fromCallable(() -> ClientAddresses.resolve(RequestPeers.of(exchange)));
	}

}
