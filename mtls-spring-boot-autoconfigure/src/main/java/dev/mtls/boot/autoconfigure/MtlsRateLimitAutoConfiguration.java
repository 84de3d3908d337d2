package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.limit.RequestRateCheck;
import dev.mtls.boot.limit.RequestRates;
import dev.mtls.boot.web.reactive.RequestRateWebFilter;
import dev.mtls.boot.web.servlet.RequestRateFilter;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for a limit on the requests that are
 * made with one certificate.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnWebApplication
@ConditionalOnProperty(MtlsRateLimitAutoConfiguration.PERMITS)
public final class MtlsRateLimitAutoConfiguration {

	static final String PERMITS = MtlsServerProperties.PREFIX + ".rate-limit.permits";

	private static final String FILTER = "mtlsRequestRateFilter";

	@Bean
	@ConditionalOnMissingBean
	RequestRateCheck mtlsRequestRateCheck(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
			MtlsServerProperties properties) {
		return new RequestRateCheck(gate, new RequestRates(properties.requestRate(MtlsServerProperties.PREFIX)));
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
		FilterRegistrationBean<RequestRateFilter> mtlsRequestRateFilter(RequestRateCheck check) {
			FilterRegistrationBean<RequestRateFilter> registration = new FilterRegistrationBean<>(
					new RequestRateFilter(check));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
			return registration;
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
		RequestRateWebFilter mtlsRequestRateFilter(RequestRateCheck check) {
			return new RequestRateWebFilter(check);
		}

	}

}
