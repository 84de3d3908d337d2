package dev.mtls.boot.autoconfigure;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.savedrequest.NoOpServerRequestCache;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.security.CrossOriginProtection;
import dev.mtls.boot.security.CrossOriginServerProtection;
import dev.mtls.boot.security.MtlsConfigurer;
import dev.mtls.boot.security.MtlsServerConfigurer;
import dev.mtls.boot.security.PeerAuthenticator;
import dev.mtls.boot.security.ReactivePeerAuthenticator;
import dev.mtls.boot.web.ExcludedPaths;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for a chain of Spring Security that
 * serves authenticated peers alone, but for excluded paths and health, where the
 * application has no chain of its own.
 * <p>
 * It comes after those of Spring Boot that make a chain for what the application
 * configures, such as a resource server, whose tokens would else not be asked for; and
 * before those that make one for nothing, with a generated password.
 */
@AutoConfiguration(after = MtlsSecurityAutoConfiguration.class, afterName = {
		"org.springframework.boot.security.oauth2.client.autoconfigure.reactive.ReactiveOAuth2ClientWebSecurityAutoConfiguration",
		"org.springframework.boot.security.oauth2.client.autoconfigure.servlet.OAuth2ClientWebSecurityAutoConfiguration",
		"org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration",
		"org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration",
		"org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.reactive.ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration",
		"org.springframework.boot.security.saml2.autoconfigure.Saml2RelyingPartyAutoConfiguration" },
		beforeName = {
				"org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration" })
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
public final class MtlsSecurityFilterChainAutoConfiguration {

	/**
	 * Servlet applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, HttpSecurity.class, ServletWebSecurityAutoConfiguration.class })
	@ConditionalOnBean(PeerAuthenticator.class)
	@ConditionalOnMissingBean(SecurityFilterChain.class)
	static class ServletConfiguration {

		@Bean
		@Order(SecurityFilterProperties.BASIC_AUTH_ORDER)
		SecurityFilterChain mtlsSecurityFilterChain(HttpSecurity http, MtlsServerProperties properties,
				Environment environment) {
			ExcludedPaths excluded = Exclusions.of(MtlsServerProperties.PREFIX, properties, environment);
			return http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
				.authorizeHttpRequests((requests) -> requests
					.requestMatchers(HealthRequests.servlet(), ExcludedRequests.servlet(excluded))
					.permitAll()
					// What is told of a request that was refused already
					.dispatcherTypeMatchers(DispatcherType.ERROR)
					.permitAll()
					.anyRequest()
					.authenticated())
				.csrf(new CrossOriginProtection())
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.logout(AbstractHttpConfigurer::disable)
				.build();
		}

	}

	/**
	 * Reactive applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class, ServerHttpSecurity.class,
			ReactiveWebSecurityAutoConfiguration.class })
	@ConditionalOnBean(ReactivePeerAuthenticator.class)
	@ConditionalOnMissingBean(SecurityWebFilterChain.class)
	static class ReactiveConfiguration {

		@Bean
		SecurityWebFilterChain mtlsSecurityWebFilterChain(ServerHttpSecurity http,
				ReactivePeerAuthenticator authenticator, MtlsServerProperties properties, Environment environment) {
			ExcludedPaths excluded = Exclusions.of(MtlsServerProperties.PREFIX, properties, environment);
			MtlsServerConfigurer.mtls(authenticator).customize(http);
			return http
				.authorizeExchange((exchanges) -> exchanges
					.matchers(HealthRequests.reactive(), ExcludedRequests.reactive(excluded))
					.permitAll()
					.anyExchange()
					.authenticated())
				.csrf(new CrossOriginServerProtection())
				.securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
				.requestCache((cache) -> cache.requestCache(NoOpServerRequestCache.getInstance()))
				.logout(ServerHttpSecurity.LogoutSpec::disable)
				.build();
		}

	}

}
