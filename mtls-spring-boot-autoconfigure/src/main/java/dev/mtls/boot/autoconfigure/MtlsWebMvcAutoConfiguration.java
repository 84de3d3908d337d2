package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.servlet.ClientCertMethodArgumentResolver;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in Spring MVC. It does
 * not depend on {@code mtls.server}, so that controllers work the same behind any
 * container that provides certificates, and in tests.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(WebMvcConfigurer.class)
public final class MtlsWebMvcAutoConfiguration {

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
	@ConditionalOnMissingBean(name = "mtlsWebMvcConfigurer")
	WebMvcConfigurer mtlsWebMvcConfigurer(ClientCertMethodArgumentResolver resolver) {
		return new WebMvcConfigurer() {

			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				resolvers.add(resolver);
			}

		};
	}

}
