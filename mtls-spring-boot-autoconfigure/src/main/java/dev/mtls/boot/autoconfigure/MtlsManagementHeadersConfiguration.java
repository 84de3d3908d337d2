package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.forwarded.reactive.ForwardingHeaderWebFilter;
import dev.mtls.boot.forwarded.servlet.FirstFilterRegistrationBean;
import dev.mtls.boot.forwarded.servlet.ForwardingHeaderFilter;

/**
 * {@link ManagementContextConfiguration @ManagementContextConfiguration} for a management
 * port of its own, before which there is no proxy that could be believed.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsManagementContextConfiguration.PREFIX })
final class MtlsManagementHeadersConfiguration {

	private static ForwardingHeaders headers(Environment environment) {
		return StrippedHeaders.of(environment, environment.getProperty(MtlsForwardedAutoConfiguration.HEADER))
			.ofClients();
	}

	/**
	 * Servlet applications, whose filters see the application's port alone.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	static class ServletFilterConfiguration {

		@Bean
		FirstFilterRegistrationBean<ForwardingHeaderFilter> mtlsManagementForwardingHeaderFilter(
				Environment environment) {
			return new FirstFilterRegistrationBean<>(new ForwardingHeaderFilter(headers(environment)));
		}

	}

	/**
	 * Reactive applications, whose filters see both ports.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class })
	@ConditionalOnMissingBean(name = MtlsForwardedAutoConfiguration.FILTER)
	static class WebFilterConfiguration {

		@Bean
		ForwardingHeaderWebFilter mtlsManagementForwardingHeaderFilter(Environment environment) {
			return new ForwardingHeaderWebFilter(headers(environment));
		}

	}

}
