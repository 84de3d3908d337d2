package dev.mtls.boot.web.reactive;

import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientCert;
import dev.mtls.boot.web.ClientCertificates;

/**
 * Resolves {@link ClientCert} parameters from the TLS session of the request.
 */
public final class ClientCertMethodArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return ClientCertificates.supports(parameter);
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext bindingContext,
			ServerWebExchange exchange) {
		return Mono
			.fromCallable(() -> ClientCertificates.resolve(parameter, PeerCertificates.of(exchange.getRequest())));
	}

}
