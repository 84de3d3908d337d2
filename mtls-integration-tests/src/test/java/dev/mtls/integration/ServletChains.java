package dev.mtls.integration;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

import dev.mtls.boot.security.CrossOriginProtection;
import dev.mtls.boot.security.MtlsConfigurer;

/**
 * Chains of Spring Security in a servlet application, made by {@code HttpSecurity}.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletChains {

	@Bean
	@Order(1)
	SecurityFilterChain x509(HttpSecurity http) {
		return http.securityMatcher("/x509")
			.x509((x509) -> x509
				.userDetailsService((name) -> User.withUsername(name).password("").authorities("ROLE_X509").build()))
			.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.build();
	}

	@Bean
	@Order(2)
	SecurityFilterChain tokens(HttpSecurity http) {
		return http.securityMatcher("/bound")
			.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
			.oauth2ResourceServer((server) -> server.jwt((jwt) -> jwt.decoder(decoder())))
			.authorizeHttpRequests((requests) -> requests.anyRequest().hasAuthority("SCOPE_read"))
			.build();
	}

	@Bean
	@Order(3)
	SecurityFilterChain peers(HttpSecurity http) {
		return http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
			.csrf(new CrossOriginProtection())
			.authorizeHttpRequests((requests) -> requests.requestMatchers("/public")
				.permitAll()
				.requestMatchers("/admin")
				.hasRole("ADMIN")
				.anyRequest()
				.authenticated())
			.build();
	}

	static JwtDecoder decoder() {
		return NimbusJwtDecoder.withJwkSource(new ImmutableJWKSet<>(new JWKSet(AccessTokens.KEY)))
			.jwsAlgorithm(SignatureAlgorithm.ES256)
			.build();
	}

}
