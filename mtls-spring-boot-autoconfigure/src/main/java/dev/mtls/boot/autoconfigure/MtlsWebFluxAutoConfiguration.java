package dev.mtls.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.reactive.ClientCertMethodArgumentResolver;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in Spring WebFlux. It
 * does not depend on {@code mtls.server}, so that controllers work the same behind any
 * server that provides certificates, and in tests.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(WebFluxConfigurer.class)
public final class MtlsWebFluxAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ClientCertMethodArgumentResolver clientCertMethodArgumentResolver() {
		return new ClientCertMethodArgumentResolver();
	}

	@Bean
	@ConditionalOnMissingBean
	@Order(0)
	ClientCertExceptionHandler clientCertExceptionHandler() {
		return new ClientCertExceptionHandler();
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsWebFluxConfigurer")
	WebFluxConfigurer mtlsWebFluxConfigurer(ClientCertMethodArgumentResolver resolver) {
		return new WebFluxConfigurer() {

			@Override
			public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
				configurer.addCustomResolver(resolver);
			}

		};
	}

}
