package dev.mtls.sample;

import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;

/**
 * Opens the endpoints to whoever reaches the management port, when they have one of their
 * own. It is plain, so it is for this machine or a closed network alone.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
class ManagementSecurity {

	@Bean
	WebSecurityCustomizer openEndpoints() {
		return (web) -> web.ignoring().requestMatchers(EndpointRequest.toAnyEndpoint());
	}

}
