package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the client identities of the
 * application.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class, before = SslAutoConfiguration.class)
@ConditionalOnMtls({ MtlsClientProperties.PREFIX, NamedClients.PREFIX })
public final class MtlsClientAutoConfiguration {

	static final String GATE = "mtlsClientGate";

	static final String BUNDLE = "mtls-client";

	@Bean
	@ConditionalOnMissingBean
	ClientIdentities mtlsClientIdentities(Environment environment, Gates gates,
			@Qualifier(GATE) ObjectProvider<Gate> gate, ObjectProvider<MtlsClientProperties> properties,
			GateWalker walker) {
		MtlsClientProperties standard = properties.getIfAvailable();
		Map<String, MtlsClient> named = new LinkedHashMap<>();
		NamedClients.of(environment)
			.forEach((name, client) -> named.put(name,
					new MtlsClient(
							gates.open((options) -> client.gateSettings(NamedClients.prefix(name), name, options),
									client.locations(NamedClients.prefix(name)), client.bundle()),
							client.options(NamedClients.prefix(name)))));
		ClientIdentities identities = new ClientIdentities((standard != null)
				? new MtlsClient(gate.getObject(), standard.options(MtlsClientProperties.PREFIX)) : null, named);
		walker.add(identities::check);
		return identities;
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsNamedClientsSslBundleRegistrar")
	SslBundleRegistrar mtlsNamedClientsSslBundleRegistrar(Environment environment,
			ObjectProvider<ClientIdentities> identities) {
		return (registry) -> NamedClients.of(environment)
			.keySet()
			.forEach((name) -> registry.registerBundle("mtls-" + name, new GateSslBundle("mtls-" + name,
					() -> Objects.requireNonNull(identities.getObject().find(name)).gate())));
	}

	/**
	 * The identity that the application uses unless it names another.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsClientProperties.PREFIX)
	@EnableConfigurationProperties(MtlsClientProperties.class)
	static class StandardClientConfiguration {

		@Bean(GATE)
		@ConditionalOnMissingBean(name = GATE)
		Gate mtlsClientGate(MtlsClientProperties properties, Gates gates,
				ObjectProvider<DevCertificates> devCertificates) {
			devCertificates.ifAvailable(DevCertificates::provide);
			return gates.open((options) -> properties.gateSettings(MtlsClientProperties.PREFIX, "client", options),
					properties.locations(MtlsClientProperties.PREFIX), properties.bundle());
		}

		@Bean
		@ConditionalOnMissingBean(name = "mtlsClientSslBundleRegistrar")
		SslBundleRegistrar mtlsClientSslBundleRegistrar(@Qualifier(GATE) ObjectProvider<Gate> gate) {
			return (registry) -> registry.registerBundle(BUNDLE, new GateSslBundle(BUNDLE, gate::getObject));
		}

	}

}
