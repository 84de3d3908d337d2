package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.handler.invocation.AbstractMethodMessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.multipart.MultipartResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import dev.mtls.boot.messaging.PeerMethodArgumentResolver;
import dev.mtls.boot.messaging.UnenforcedRequirements;
import dev.mtls.boot.web.ClientCertCheck;
import dev.mtls.boot.web.ClientCertExceptionHandler;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.boot.web.servlet.ClientAddressMethodArgumentResolver;
import dev.mtls.boot.web.servlet.ClientCertExceptionResolver;
import dev.mtls.boot.web.servlet.ClientCertMethodArgumentResolver;
import dev.mtls.boot.web.servlet.RequireClientCertInterceptor;
import dev.mtls.boot.web.servlet.RequireClientCertValidation;
import dev.mtls.boot.web.socket.PeerHandshakes;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the peer in Spring MVC. It does
 * not depend on {@code mtls.server}, so that controllers work the same behind any
 * container that provides certificates, and in tests.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
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
	@ConditionalOnMissingBean
	ClientCertExceptionResolver clientCertExceptionResolver() {
		return new ClientCertExceptionResolver();
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

	// Every handler mapping finds it, and no configurer can put another one before it
	@Bean
	@ConditionalOnMissingBean(name = "requireClientCertInterceptor")
	MappedInterceptor requireClientCertInterceptor(ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
		return new MappedInterceptor(null, new RequireClientCertInterceptor(check, mappings));
	}

	@Bean
	@ConditionalOnMissingBean
	RequireClientCertValidation requireClientCertValidation(ClientCertRequirements requirements, ClientCertCheck check,
			ObjectProvider<RequestMappingInfoHandlerMapping> mappings, ObjectProvider<MultipartResolver> resolvers) {
		return new RequireClientCertValidation(requirements, check, mappings, resolvers);
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsWebMvcConfigurer")
	WebMvcConfigurer mtlsWebMvcConfigurer(ClientCertMethodArgumentResolver certificates,
			ClientAddressMethodArgumentResolver addresses) {
		return new WebMvcConfigurer() {

			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				resolvers.add(certificates);
				resolvers.add(addresses);
			}

		};
	}

	/**
	 * WebSockets.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebSocketHttpRequestHandler.class)
	static class WebSocketConfiguration {

		@Bean
		@ConditionalOnMissingBean
		PeerHandshakes peerHandshakes(ObjectProvider<AbstractUrlHandlerMapping> mappings) {
			return new PeerHandshakes(mappings);
		}

	}

	/**
	 * Messages over WebSocket.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebSocketMessageBrokerConfigurer.class, SimpMessageHeaderAccessor.class })
	static class MessagingConfiguration {

		@Bean
		@ConditionalOnMissingBean
		PeerMethodArgumentResolver peerMethodArgumentResolver() {
			return new PeerMethodArgumentResolver();
		}

		@Bean
		@ConditionalOnMissingBean
		UnenforcedRequirements unenforcedRequirements(ClientCertRequirements requirements,
				ObjectProvider<AbstractMethodMessageHandler<?>> handlers) {
			return new UnenforcedRequirements(requirements,
					() -> handlers.stream().map(AbstractMethodMessageHandler::getHandlerMethods));
		}

		@Bean
		@ConditionalOnMissingBean(name = "mtlsMessageBrokerConfigurer")
		WebSocketMessageBrokerConfigurer mtlsMessageBrokerConfigurer(PeerMethodArgumentResolver resolver) {
			return new WebSocketMessageBrokerConfigurer() {

				@Override
				public void addArgumentResolvers(
						List<org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver> resolvers) {
					resolvers.add(resolver);
				}

			};
		}

	}

}
