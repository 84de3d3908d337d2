package dev.mtls.integration;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;

import dev.mtls.boot.security.CrossOriginServerProtection;
import dev.mtls.boot.security.MtlsServerConfigurer;
import dev.mtls.boot.security.ReactivePeerAuthenticator;

/**
 * A chain as {@link OpenServletChain} in a reactive application.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(name = "org.springframework.security.config.web.server.ServerHttpSecurity")
class OpenReactiveChain {

	@Bean
	SecurityWebFilterChain open(ServerHttpSecurity http, ReactivePeerAuthenticator authenticator) {
		MtlsServerConfigurer.mtls(authenticator).customize(http);
		return http.csrf(new CrossOriginServerProtection())
			.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
			.build();
	}

}
