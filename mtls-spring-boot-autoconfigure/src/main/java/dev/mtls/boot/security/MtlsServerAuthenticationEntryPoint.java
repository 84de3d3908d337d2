package dev.mtls.boot.security;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Answers a reactive request that needs authentication and has none as
 * {@link MtlsAuthenticationEntryPoint} does.
 */
public final class MtlsServerAuthenticationEntryPoint implements ServerAuthenticationEntryPoint {

	@Override
	public Mono<Void> commence(ServerWebExchange exchange, AuthenticationException ex) {
		Object failure = exchange.getAttribute(MtlsAuthenticationWebFilter.FAILURE);
		return ReactivePeer.tell(Problems.unauthorized(failure, ReactivePeer.certificates(exchange.getRequest())),
				exchange.getResponse());
	}

}
