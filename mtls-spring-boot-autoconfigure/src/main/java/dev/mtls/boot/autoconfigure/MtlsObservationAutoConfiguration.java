package dev.mtls.boot.autoconfigure;

import io.micrometer.observation.ObservationFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.ServerHttpRequest;

import dev.mtls.boot.metrics.ReactivePeerObservationFilter;
import dev.mtls.boot.metrics.ServletPeerObservationFilter;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in the spans of
 * requests.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnClass(ObservationFilter.class)
public final class MtlsObservationAutoConfiguration {

	/**
	 * Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(HttpServletRequest.class)
	static class ServletConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ServletPeerObservationFilter mtlsPeerObservationFilter() {
			return new ServletPeerObservationFilter();
		}

	}

	/**
	 * Spring WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass(ServerHttpRequest.class)
	static class ReactiveConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ReactivePeerObservationFilter mtlsPeerObservationFilter() {
			return new ReactivePeerObservationFilter();
		}

	}

}
