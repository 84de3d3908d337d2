package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.forwarded.reactive.ForwardingHeaderWebFilter;
import dev.mtls.boot.forwarded.servlet.FirstFilterRegistrationBean;
import dev.mtls.boot.forwarded.servlet.ForwardingHeaderFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what proxies say about the
 * client: nobody is believed who has not proved to be one.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnWebApplication
public final class MtlsForwardedAutoConfiguration {

	private static final String FILTER = "mtlsForwardingHeaderFilter";

	@Bean
	@ConditionalOnMissingBean
	ForwardingHeaders mtlsForwardingHeaders(Environment environment) {
		String strategy = Binder.get(environment).bind("server.forward-headers-strategy", String.class).orElse("");
		return new ForwardingHeaders(!StringUtils.hasText(strategy), null);
	}

	/**
	 * Servlet applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	static class ServletFilterConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = FILTER)
		FirstFilterRegistrationBean<ForwardingHeaderFilter> mtlsForwardingHeaderFilter(ForwardingHeaders headers) {
			return new FirstFilterRegistrationBean<>(new ForwardingHeaderFilter(headers));
		}

	}

	/**
	 * Reactive applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class })
	static class WebFilterConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = FILTER)
		ForwardingHeaderWebFilter mtlsForwardingHeaderFilter(ForwardingHeaders headers) {
			return new ForwardingHeaderWebFilter(headers);
		}

	}

}
