package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;

import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import dev.mtls.boot.web.reactive.PeerCertificates;

/**
 * Authenticates the peer of each request in a reactive chain of Spring Security, at
 * {@code SecurityWebFiltersOrder.AUTHENTICATION}. Otherwise as
 * {@link MtlsAuthenticationFilter}.
 */
public final class MtlsAuthenticationWebFilter implements WebFilter {

	/**
	 * The attribute of the exchange that says why a peer could not be authenticated.
	 */
	static final String FAILURE = MtlsAuthenticationWebFilter.class.getName() + ".FAILURE";

	private final ReactivePeerAuthenticator authenticator;

	/**
	 * Create a filter.
	 * @param authenticator authenticates the peers
	 */
	public MtlsAuthenticationWebFilter(ReactivePeerAuthenticator authenticator) {
		this.authenticator = authenticator;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return ReactiveSecurityContextHolder.getContext()
			.filter((context) -> MtlsAuthentication.isOtherwise(context.getAuthentication()))
			.hasElement()
			.flatMap((otherwise) -> otherwise ? chain.filter(exchange) : authenticate(exchange, chain));
	}

	private Mono<Void> authenticate(ServerWebExchange exchange, WebFilterChain chain) {
		List<X509Certificate> certificates = List.of(PeerCertificates.of(exchange.getRequest()));
		return (certificates.isEmpty() ? Mono.just(ReactiveSecurityContextHolder.clearContext())
				: context(certificates, exchange))
			.flatMap((context) -> chain.filter(exchange).contextWrite(context));
	}

	private Mono<Function<Context, Context>> context(List<X509Certificate> certificates, ServerWebExchange exchange) {
		return this.authenticator.authenticate(certificates)
			.<Function<Context, Context>>map((authentication) -> (context) -> context
				.putAll(ReactiveSecurityContextHolder.withAuthentication(authentication).readOnly()))
			.onErrorResume(AuthenticationException.class, (failure) -> {
				exchange.getAttributes().put(FAILURE, failure);
				return Mono.just(ReactiveSecurityContextHolder.clearContext());
			});
	}

}
