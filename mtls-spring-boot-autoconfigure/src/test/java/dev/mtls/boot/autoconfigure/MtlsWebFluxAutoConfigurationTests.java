package dev.mtls.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.WebFluxConfigurer;

import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.reactive.ClientCertMethodArgumentResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsWebFluxAutoConfiguration}.
 */
class MtlsWebFluxAutoConfigurationTests {

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsWebFluxAutoConfiguration.class));

	@Test
	void contextSuppliesResolverHandlerAndConfigurer() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(ClientCertMethodArgumentResolver.class)
			.hasSingleBean(ClientCertExceptionHandler.class)
			.hasSingleBean(WebFluxConfigurer.class));
	}

	@Test
	void contextWhenResolverIsDefinedBacksOff() {
		this.runner.withUserConfiguration(OwnResolverConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(ClientCertMethodArgumentResolver.class)
				.hasBean("ownResolver"));
	}

	@Test
	void contextWhenWebFluxIsAbsentSuppliesNothing() {
		this.runner.withClassLoader(new FilteredClassLoader(WebFluxConfigurer.class))
			.run((context) -> assertThat(context).doesNotHaveBean("mtlsWebFluxConfigurer"));
	}

	@Test
	void contextWhenServletSuppliesNothing() {
		new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(MtlsWebFluxAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(ClientCertMethodArgumentResolver.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnResolverConfiguration {

		@Bean
		ClientCertMethodArgumentResolver ownResolver() {
			return new ClientCertMethodArgumentResolver();
		}

	}

}
