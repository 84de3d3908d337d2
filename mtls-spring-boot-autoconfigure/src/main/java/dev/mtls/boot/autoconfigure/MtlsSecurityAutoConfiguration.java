package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.security.AuthoritiesMapper;
import dev.mtls.boot.security.PeerAuthenticator;
import dev.mtls.boot.security.ReactivePeerAuthenticator;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in Spring Security.
 * <p>
 * It comes before Spring Boot's own user with a generated password, which would else be
 * the only one that a peer could be.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class,
		beforeName = { "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration" })
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnWebApplication
public final class MtlsSecurityAutoConfiguration {

	/**
	 * Servlet applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, SecurityFilterChain.class })
	static class ServletConfiguration {

		@Bean
		@ConditionalOnBean(UserDetailsService.class)
		@ConditionalOnMissingBean
		PeerAuthenticator mtlsUserAuthenticator(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				ObjectProvider<AuthoritiesMapper> mappers, UserDetailsService userDetailsService) {
			return new PeerAuthenticator(gate, mappers.orderedStream().toList(), userDetailsService);
		}

		@Bean
		@ConditionalOnMissingBean({ PeerAuthenticator.class, UserDetailsService.class })
		PeerAuthenticator mtlsPeerAuthenticator(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				ObjectProvider<AuthoritiesMapper> mappers) {
			return new PeerAuthenticator(gate, mappers.orderedStream().toList(), null);
		}

	}

	/**
	 * Reactive applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class, SecurityWebFilterChain.class })
	static class ReactiveConfiguration {

		@Bean
		@ConditionalOnBean(ReactiveUserDetailsService.class)
		@ConditionalOnMissingBean
		ReactivePeerAuthenticator mtlsUserAuthenticator(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				ObjectProvider<AuthoritiesMapper> mappers, ReactiveUserDetailsService userDetailsService) {
			return new ReactivePeerAuthenticator(gate, mappers.orderedStream().toList(), userDetailsService);
		}

		@Bean
		@ConditionalOnMissingBean({ ReactivePeerAuthenticator.class, ReactiveUserDetailsService.class })
		ReactivePeerAuthenticator mtlsPeerAuthenticator(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				ObjectProvider<AuthoritiesMapper> mappers) {
			return new ReactivePeerAuthenticator(gate, mappers.orderedStream().toList(), null);
		}

	}

}
