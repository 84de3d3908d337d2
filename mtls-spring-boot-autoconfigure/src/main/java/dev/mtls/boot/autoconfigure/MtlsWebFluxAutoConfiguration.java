package dev.mtls.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

import dev.mtls.boot.web.ClientCertCheck;
import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.reactive.ClientAddressMethodArgumentResolver;
import dev.mtls.boot.web.reactive.ClientCertMethodArgumentResolver;
import dev.mtls.boot.web.reactive.ClientCertWebExceptionHandler;
import dev.mtls.boot.web.reactive.RequireClientCertHandlerAdapter;
import dev.mtls.boot.web.reactive.RequireClientCertValidation;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in Spring WebFlux. It
 * does not depend on {@code mtls.server}, so that controllers work the same behind any
 * server that provides certificates, and in tests.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
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
	@ConditionalOnMissingBean
	ClientCertWebExceptionHandler clientCertWebExceptionHandler() {
		return new ClientCertWebExceptionHandler();
	}

	@Bean
	@ConditionalOnMissingBean
	ClientAddressMethodArgumentResolver clientAddressMethodArgumentResolver() {
		return new ClientAddressMethodArgumentResolver();
	}

	@Bean
	@ConditionalOnMissingBean
	ClientCertRequirements clientCertRequirements(ConfigurableListableBeanFactory beanFactory) {
		return new ClientCertRequirements(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean
	ClientCertCheck clientCertCheck(ClientCertRequirements requirements,
			@Qualifier(MtlsServerAutoConfiguration.GATE) ObjectProvider<Gate> gate) {
		return new ClientCertCheck(requirements, gate.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	RequireClientCertHandlerAdapter requireClientCertHandlerAdapter(ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings, ObjectProvider<HandlerAdapter> adapters) {
		return new RequireClientCertHandlerAdapter(check, mappings, adapters);
	}

	@Bean
	@ConditionalOnMissingBean
	RequireClientCertValidation requireClientCertValidation(ClientCertRequirements requirements, ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		return new RequireClientCertValidation(requirements, check, mappings);
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsWebFluxConfigurer")
	WebFluxConfigurer mtlsWebFluxConfigurer(ClientCertMethodArgumentResolver certificates,
			ClientAddressMethodArgumentResolver addresses) {
		return new WebFluxConfigurer() {

			@Override
			public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
				configurer.addCustomResolver(certificates, addresses);
			}

		};
	}

}
