package dev.mtls.boot.web.reactive;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.ClientCertException;
import dev.mtls.boot.web.ProblemDocument;

/**
 * Answers a {@link ClientCertException} of what is no controller, such as a functional
 * endpoint, with the problem document. Those of controllers are left to exception
 * handlers.
 */
public final class ClientCertWebExceptionHandler implements WebExceptionHandler, Ordered {

	private static final int BEFORE_SPRING_BOOT = -2;

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable exception) {
		if (exception instanceof ClientCertException refusal && !exchange.getResponse().isCommitted()) {
			return ProblemResponse.write(ProblemDocument.of(refusal.denial()), exchange.getResponse());
		}
		return Mono.error(exception);
	}

	/**
	 * Before that of Spring Boot, which would answer without the reason.
	 */
	@Override
	public int getOrder() {
		return BEFORE_SPRING_BOOT;
	}

}
