package dev.mtls.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.servlet.ClientCertMethodArgumentResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsWebMvcAutoConfiguration}.
 */
class MtlsWebMvcAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsWebMvcAutoConfiguration.class);

	@Test
	void contextWhenServletSuppliesResolverAndHandler() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).hasSingleBean(ClientCertMethodArgumentResolver.class)
				.hasSingleBean(ClientCertExceptionHandler.class)
				.hasSingleBean(WebMvcConfigurer.class));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesResolver() {
		// A parameter without resolver would be taken from the request's parameters
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("mtls.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(ClientCertMethodArgumentResolver.class));
	}

	@Test
	void contextWhenNotServletSuppliesNothing() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).doesNotHaveBean(ClientCertMethodArgumentResolver.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).doesNotHaveBean(ClientCertMethodArgumentResolver.class));
	}

	@Test
	void contextWhenSpringMvcIsAbsentSuppliesNothing() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("clientCertMethodArgumentResolver")
				.doesNotHaveBean("mtlsWebMvcConfigurer"));
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(OwnBeansConfiguration.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(ClientCertMethodArgumentResolver.class).hasBean("ownResolver");
				assertThat(context).hasSingleBean(ClientCertExceptionHandler.class).hasBean("ownHandler");
				assertThat(context).hasSingleBean(WebMvcConfigurer.class);
			});
	}

	/**
	 * The application's own beans.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		ClientCertMethodArgumentResolver ownResolver() {
			return new ClientCertMethodArgumentResolver();
		}

		@Bean
		ClientCertExceptionHandler ownHandler() {
			return new ClientCertExceptionHandler();
		}

		@Bean
		WebMvcConfigurer mtlsWebMvcConfigurer() {
			return new WebMvcConfigurer() {
			};
		}

	}

}
