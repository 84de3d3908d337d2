package dev.mtls.boot.autoconfigure;

import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import reactor.netty.tcp.TcpServer;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.tcp.TcpConnectionHandlers;
import dev.mtls.boot.tcp.TcpServerLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.TcpConnection;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for TCP servers and clients behind
 * gates.
 */
@AutoConfiguration(after = { MtlsServerAutoConfiguration.class, MtlsClientAutoConfiguration.class },
		before = SslAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "mtls.enabled", matchIfMissing = true)
public final class MtlsTcpAutoConfiguration {

	/**
	 * Beans that handle connections, of which none is to be left without a server.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ TcpServer.class, TcpConnection.class })
	static class HandlerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TcpConnectionHandlers mtlsTcpConnectionHandlers(ListableBeanFactory beanFactory, Environment environment) {
			return new TcpConnectionHandlers(beanFactory,
					TcpServerProperties.of(environment)
						.entrySet()
						.stream()
						.collect(Collectors.toMap(Map.Entry::getKey, (server) -> server.getValue().enabled())));
		}

	}

	/**
	 * Servers.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(TcpServerProperties.PREFIX)
	@ConditionalOnClass({ TcpServer.class, TcpConnection.class })
	@ImportRuntimeHints(BoundProperties.class)
	static class ServerConfiguration {

		@Bean
		TcpGates mtlsTcpGates(Environment environment, Gates gates, ObjectProvider<DevCertificates> devCertificates) {
			devCertificates.ifAvailable(DevCertificates::provide);
			return TcpGates.open(environment, gates);
		}

		@Bean
		@ConditionalOnMissingBean
		TcpServerLifecycle mtlsTcpServerLifecycle(TcpGates gates, TcpConnectionHandlers handlers,
				Environment environment) {
			return new TcpServerLifecycle(gates.servers(environment), handlers);
		}

		@Bean
		@ConditionalOnMissingBean(name = "mtlsTcpSslBundleRegistrar")
		SslBundleRegistrar mtlsTcpSslBundleRegistrar(Environment environment, ObjectProvider<TcpGates> gates) {
			return (registry) -> TcpGates.enabled(environment).keySet().forEach((server) -> {
				String bundle = "mtls-" + TcpGates.name(server);
				registry.registerBundle(bundle, new GateSslBundle(bundle, () -> gates.getObject().gate(server)));
			});
		}

	}

	/**
	 * Clients.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(TcpClientProperties.PREFIX)
	@ConditionalOnClass({ TcpServer.class, TcpConnection.class })
	@Import(TcpClientRegistrar.class)
	@ImportRuntimeHints(BoundProperties.class)
	static class ClientConfiguration {

		@Bean(TcpClientRegistrar.FACTORY)
		TcpClients mtlsTcpClients(Environment environment, ObjectProvider<ClientIdentities> identities) {
			return new TcpClients(environment, identities.getIfAvailable());
		}

	}

	/**
	 * Properties of servers and clients.
	 */
	static class BoundProperties extends BindableRuntimeHintsRegistrar {

		BoundProperties() {
			super(TcpServerProperties.class, TcpClientProperties.class);
		}

	}

	/**
	 * Without Reactor Netty nothing that is configured would be there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls({ TcpServerProperties.PREFIX, TcpClientProperties.PREFIX })
	@ConditionalOnMissingClass("reactor.netty.tcp.TcpServer")
	static class MissingNettyConfiguration {

		MissingNettyConfiguration() {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "mtls.tcp",
					"Reactor Netty is not on the class path, which TCP servers and clients need",
					"add io.projectreactor.netty:reactor-netty-core, or remove the properties");
		}

	}

	/**
	 * Without the module nothing that is configured would be there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls({ TcpServerProperties.PREFIX, TcpClientProperties.PREFIX })
	@ConditionalOnMissingClass("dev.mtls.tcp.TcpConnection")
	static class MissingModuleConfiguration {

		MissingModuleConfiguration() {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "mtls.tcp",
					"mtls-tcp is not on the class path, which TCP servers and clients need",
					"add dev.mtls:mtls-tcp, or remove the properties");
		}

	}

}
