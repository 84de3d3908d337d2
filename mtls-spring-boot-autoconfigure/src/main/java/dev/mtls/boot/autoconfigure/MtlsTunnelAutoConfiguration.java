package dev.mtls.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import reactor.netty.tcp.TcpServer;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.tunnel.SessionLog;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.tunnel.MtlsTunnel;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for tunnels.
 */
@AutoConfiguration(after = { MtlsServerAutoConfiguration.class, MtlsClientAutoConfiguration.class },
		before = SslAutoConfiguration.class)
@ConditionalOnMtls(TunnelProperties.PREFIX)
public final class MtlsTunnelAutoConfiguration {

	/**
	 * Tunnels.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ TcpServer.class, MtlsTunnel.class })
	@ImportRuntimeHints(BoundProperties.class)
	static class TunnelConfiguration {

		@Bean
		TunnelGates mtlsTunnelGates(Environment environment, Gates gates, ObjectProvider<ClientIdentities> identities,
				GateRegistry registry, ObjectProvider<DevCertificates> devCertificates) {
			devCertificates.ifAvailable(DevCertificates::provide);
			return TunnelGates.open(environment, gates, IdentityGates.of(identities.getIfAvailable()), registry);
		}

		@Bean
		@ConditionalOnMissingBean
		TunnelLifecycle mtlsTunnelLifecycle(TunnelGates gates, Environment environment,
				ObjectProvider<TunnelSessionListener> listeners) {
			return new TunnelLifecycle(gates.tunnels(environment), listeners);
		}

		@Bean
		@ConditionalOnMissingBean
		SessionLog mtlsTunnelSessionLog() {
			return new SessionLog();
		}

		@Bean
		@ConditionalOnMissingBean(name = "mtlsTunnelSslBundleRegistrar")
		SslBundleRegistrar mtlsTunnelSslBundleRegistrar(Environment environment, ObjectProvider<TunnelGates> gates) {
			return (registry) -> TunnelProperties.enabled(environment).keySet().forEach((tunnel) -> {
				String bundle = TunnelGates.bundle(tunnel);
				registry.registerBundle(bundle, new GateSslBundle(bundle, () -> gates.getObject().gate(tunnel)));
			});
		}

	}

	/**
	 * Properties of tunnels.
	 */
	static class BoundProperties extends BindableRuntimeHintsRegistrar {

		BoundProperties() {
			super(TunnelProperties.class);
		}

	}

	/**
	 * Without Reactor Netty nothing that is configured would be there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("reactor.netty.tcp.TcpServer")
	static class MissingNettyConfiguration {

		MissingNettyConfiguration() {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, TunnelProperties.PREFIX,
					"Reactor Netty is not on the class path, which tunnels need",
					"add io.projectreactor.netty:reactor-netty-core, or remove the properties");
		}

	}

	/**
	 * Without the module nothing that is configured would be there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("dev.mtls.tcp.tunnel.MtlsTunnel")
	static class MissingModuleConfiguration {

		MissingModuleConfiguration() {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, TunnelProperties.PREFIX,
					"mtls-tcp is not on the class path, which tunnels need",
					"add dev.mtls:mtls-tcp, or remove the properties");
		}

	}

}
