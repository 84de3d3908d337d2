package dev.mtls.integration;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import dev.mtls.boot.security.CrossOriginProtection;
import dev.mtls.boot.security.MtlsConfigurer;

/**
 * A chain of Spring Security, where that is on the class path, which authenticates peers
 * and leaves it to others whom to serve.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(name = "org.springframework.security.config.annotation.web.builders.HttpSecurity")
class OpenServletChain {

	@Bean
	SecurityFilterChain open(HttpSecurity http) {
		return http.with(MtlsConfigurer.mtls(), Customizer.withDefaults())
			.csrf(new CrossOriginProtection())
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.build();
	}

}
