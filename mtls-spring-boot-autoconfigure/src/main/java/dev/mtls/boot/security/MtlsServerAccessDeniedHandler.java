package dev.mtls.boot.security;

import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.server.authorization.HttpStatusServerAccessDeniedHandler;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.csrf.CsrfException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.reactive.ProblemResponse;

/**
 * Answers a reactive request whose peer lacks an authority as
 * {@link MtlsAccessDeniedHandler} does.
 */
public final class MtlsServerAccessDeniedHandler implements ServerAccessDeniedHandler {

	private final ServerAccessDeniedHandler others = new HttpStatusServerAccessDeniedHandler(HttpStatus.FORBIDDEN);

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, AccessDeniedException ex) {
		return (ex instanceof CsrfException) ? this.others.handle(exchange, ex)
				: ProblemResponse.write(Problems.forbidden(), exchange.getResponse());
	}

}
