package dev.mtls.boot.autoconfigure;

import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.server.TcpServerTransport;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.rsocket.autoconfigure.RSocketProperties;
import org.springframework.boot.rsocket.server.RSocketServerCustomizer;
import org.springframework.boot.rsocket.server.RSocketServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.messaging.handler.invocation.reactive.AbstractMethodMessageHandler;
import org.springframework.messaging.rsocket.annotation.support.RSocketMessageHandler;

import dev.mtls.boot.messaging.UnenforcedRequirements;
import dev.mtls.boot.netty.GatedServers;
import dev.mtls.boot.rsocket.GatedRSocketServerCheck;
import dev.mtls.boot.rsocket.GatedRSocketServerFactory;
import dev.mtls.boot.rsocket.MessageHandlerPostProcessor;
import dev.mtls.boot.rsocket.MtlsRSocketServerCustomizer;
import dev.mtls.boot.rsocket.RouteProviderPostProcessor;
import dev.mtls.boot.web.ClientCertRequirements;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for RSocket servers behind the gate,
 * and for the peer in what handles their messages.
 */
@AutoConfiguration(
		after = { MtlsServerAutoConfiguration.class, MtlsWebFluxAutoConfiguration.class,
				MtlsWebMvcAutoConfiguration.class },
		beforeName = "org.springframework.boot.rsocket.autoconfigure.RSocketServerAutoConfiguration")
@ConditionalOnClass({ RSocketServer.class, RSocketMessageHandler.class, RSocketServerCustomizer.class })
public final class MtlsRSocketServerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	static MessageHandlerPostProcessor mtlsMessageHandlerPostProcessor() {
		return new MessageHandlerPostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean
	ClientCertRequirements clientCertRequirements(ConfigurableListableBeanFactory beanFactory) {
		return new ClientCertRequirements(beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(name = "unenforcedRSocketRequirements")
	UnenforcedRequirements unenforcedRSocketRequirements(ClientCertRequirements requirements,
			ObjectProvider<RSocketMessageHandler> handlers) {
		return new UnenforcedRequirements(requirements,
				() -> handlers.stream().map(AbstractMethodMessageHandler::getHandlerMethods));
	}

	/**
	 * Behind the gate.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsServerProperties.PREFIX)
	static class GateConfiguration {

		@Bean
		@ConditionalOnMissingBean
		MtlsRSocketServerCustomizer mtlsRSocketServerCustomizer(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				MtlsServerProperties properties) {
			return new MtlsRSocketServerCustomizer(gate, properties.excludesPaths());
		}

		@Bean
		@ConditionalOnMissingBean
		GatedRSocketServerCheck mtlsGatedRSocketServerCheck(ObjectProvider<RSocketServerFactory> factories) {
			return new GatedRSocketServerCheck(factories);
		}

	}

	/**
	 * Over WebSocket on the port of the web server.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsServerProperties.PREFIX)
	@ConditionalOnClass(NettyRouteProvider.class)
	static class RouteConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static RouteProviderPostProcessor mtlsRouteProviderPostProcessor() {
			return new RouteProviderPostProcessor();
		}

	}

	/**
	 * On a port of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsServerProperties.PREFIX)
	@ConditionalOnProperty("spring.rsocket.server.port")
	@ConditionalOnClass({ ReactorResourceFactory.class, TcpServerTransport.class })
	@EnableConfigurationProperties(RSocketProperties.class)
	static class PortConfiguration {

		@Bean
		@ConditionalOnMissingBean(RSocketServerFactory.class)
		GatedRSocketServerFactory mtlsRSocketServerFactory(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
				MtlsServerProperties properties, RSocketProperties rsocket,
				ObjectProvider<ReactorResourceFactory> resources, ObjectProvider<RSocketServerCustomizer> customizers) {
			ReactorResourceFactory resourceFactory = resources.getIfAvailable();
			return new GatedRSocketServerFactory(
					new GatedServers(gate, properties.proxyProtocolNetworks(MtlsServerProperties.PREFIX)),
					RSocketPorts.of(rsocket.getServer(), gate),
					(resourceFactory != null) ? resourceFactory.getLoopResources() : null,
					customizers.orderedStream().toList());
		}

	}

}
