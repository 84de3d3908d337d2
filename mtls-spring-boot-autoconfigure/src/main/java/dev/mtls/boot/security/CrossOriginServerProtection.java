package dev.mtls.boot.security;

import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.DefaultCsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Protection against cross-site request forgery in a reactive chain, as
 * {@link CrossOriginProtection} in a servlet chain:
 * {@code http.csrf(new CrossOriginServerProtection())}.
 */
public final class CrossOriginServerProtection implements Customizer<ServerHttpSecurity.CsrfSpec> {

	/**
	 * Set the protection of a chain.
	 * @param csrf the specification of the chain
	 */
	@Override
	public void customize(ServerHttpSecurity.CsrfSpec csrf) {
		csrf.requireCsrfProtectionMatcher((exchange) -> of(exchange.getRequest()).isForbidden()
				? ServerWebExchangeMatcher.MatchResult.match() : ServerWebExchangeMatcher.MatchResult.notMatch())
			.csrfTokenRepository(new NoTokens());
	}

	private static CrossOrigin of(ServerHttpRequest request) {
		HttpHeaders headers = request.getHeaders();
		return new CrossOrigin(request.getMethod().name(), headers.getFirst(HttpHeaders.UPGRADE),
				headers.getFirst(CrossOrigin.FETCH_SITE), headers.getFirst(HttpHeaders.ORIGIN), request::getURI);
	}

	/**
	 * Nobody has a token, so whoever needs one is refused.
	 */
	private static final class NoTokens implements ServerCsrfTokenRepository {

		@Override
		public Mono<CsrfToken> generateToken(ServerWebExchange exchange) {
			return Mono.fromSupplier(() -> new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", UUID.randomUUID().toString()));
		}

		@Override
		public Mono<Void> saveToken(ServerWebExchange exchange, @Nullable CsrfToken token) {
			return Mono.empty();
		}

		@Override
		public Mono<CsrfToken> loadToken(ServerWebExchange exchange) {
			return Mono.empty();
		}

	}

}
