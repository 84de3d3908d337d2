package dev.mtls.integration;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.ReactivePreAuthenticatedAuthenticationManager;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.boot.security.CertificateBoundJwtResolver;
import dev.mtls.boot.security.CrossOriginServerProtection;
import dev.mtls.boot.security.MtlsServerConfigurer;
import dev.mtls.boot.security.ReactivePeerAuthenticator;

/**
 * Chains of Spring Security in a reactive application, made by
 * {@code ServerHttpSecurity}.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveChains {

	@Bean
	@Order(1)
	SecurityWebFilterChain x509(ServerHttpSecurity http) {
		return http.securityMatcher(new PathPatternParserServerWebExchangeMatcher("/x509"))
			.x509((x509) -> x509.authenticationManager(new ReactivePreAuthenticatedAuthenticationManager(
					(name) -> Mono.just(User.withUsername(name).password("").authorities("ROLE_X509").build()))))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated())
			.build();
	}

	@Bean
	@Order(2)
	SecurityWebFilterChain tokens(ServerHttpSecurity http, ReactivePeerAuthenticator authenticator) {
		MtlsServerConfigurer.mtls(authenticator).customize(http);
		NimbusReactiveJwtDecoder decoder = decoder();
		decoder.setJwtValidator(new JwtTimestampValidator());
		return http.securityMatcher(new PathPatternParserServerWebExchangeMatcher("/bound"))
			.oauth2ResourceServer(
					(server) -> server.authenticationManagerResolver(new CertificateBoundJwtResolver(decoder)))
			.authorizeExchange((exchanges) -> exchanges.anyExchange().hasAuthority("SCOPE_read"))
			.build();
	}

	@Bean
	@Order(3)
	SecurityWebFilterChain peers(ServerHttpSecurity http, ReactivePeerAuthenticator authenticator) {
		MtlsServerConfigurer.mtls(authenticator).customize(http);
		return http.csrf(new CrossOriginServerProtection())
			.authorizeExchange((exchanges) -> exchanges.pathMatchers("/public")
				.permitAll()
				.pathMatchers("/admin")
				.hasRole("ADMIN")
				.anyExchange()
				.authenticated())
			.build();
	}

	static NimbusReactiveJwtDecoder decoder() {
		return NimbusReactiveJwtDecoder.withJwkSource((jwt) -> Flux.just(AccessTokens.KEY))
			.jwsAlgorithm(SignatureAlgorithm.ES256)
			.build();
	}

}
