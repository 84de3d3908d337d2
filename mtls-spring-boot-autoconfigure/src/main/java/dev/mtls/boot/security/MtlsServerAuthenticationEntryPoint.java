package dev.mtls.boot.security;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.reactive.PeerCertificates;
import dev.mtls.boot.web.reactive.ProblemResponse;

/**
 * Answers a reactive request that needs authentication and has none as
 * {@link MtlsAuthenticationEntryPoint} does.
 */
public final class MtlsServerAuthenticationEntryPoint implements ServerAuthenticationEntryPoint {

	@Override
	public Mono<Void> commence(ServerWebExchange exchange, AuthenticationException ex) {
		Object failure = exchange.getAttribute(MtlsAuthenticationWebFilter.FAILURE);
		return ProblemResponse.write(Problems.unauthorized(failure, PeerCertificates.of(exchange.getRequest())),
				exchange.getResponse());
	}

}
