package dev.mtls.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.client.MtlsRestClientCustomizer;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for mutual TLS of HTTP clients.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class, before = SslAutoConfiguration.class)
@ConditionalOnMtls(MtlsClientProperties.PREFIX)
@EnableConfigurationProperties(MtlsClientProperties.class)
public final class MtlsClientAutoConfiguration {

	static final String GATE = "mtlsClientGate";

	static final String BUNDLE = "mtls-client";

	@Bean(GATE)
	@ConditionalOnMissingBean(name = GATE)
	Gate mtlsClientGate(MtlsClientProperties properties, Gates gates, ObjectProvider<DevCertificates> devCertificates) {
		devCertificates.ifAvailable(DevCertificates::provide);
		return gates.open(properties::gateSettings, properties.locations(), properties.bundle());
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsClientSslBundleRegistrar")
	SslBundleRegistrar mtlsClientSslBundleRegistrar(@Qualifier(GATE) ObjectProvider<Gate> gate) {
		return (registry) -> registry.registerBundle(BUNDLE, new GateSslBundle(BUNDLE, gate::getObject));
	}

	/**
	 * {@link RestClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class, HttpClientSettings.class })
	static class RestClientConfiguration {

		@Bean
		@ConditionalOnMissingBean
		MtlsRestClientCustomizer mtlsRestClientCustomizer(@Qualifier(GATE) Gate gate,
				ObjectProvider<HttpClientSettings> settings) {
			return new MtlsRestClientCustomizer(gate, settings.getIfAvailable(HttpClientSettings::defaults));
		}

	}

}
