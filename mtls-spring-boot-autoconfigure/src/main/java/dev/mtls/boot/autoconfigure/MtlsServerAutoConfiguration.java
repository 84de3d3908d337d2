package dev.mtls.boot.autoconfigure;

import org.apache.catalina.startup.Tomcat;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.tomcat.MtlsTomcatCustomizer;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for mutual TLS of the web server.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class, before = SslAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@EnableConfigurationProperties(MtlsServerProperties.class)
public final class MtlsServerAutoConfiguration {

	static final String GATE = "mtlsServerGate";

	static final String BUNDLE = "mtls-server";

	@Bean(GATE)
	@ConditionalOnMissingBean(name = GATE)
	Gate mtlsServerGate(MtlsServerProperties properties, Gates gates, ObjectProvider<DevCertificates> devCertificates) {
		devCertificates.ifAvailable(DevCertificates::provide);
		return gates.open(properties::gateSettings, properties.locations(), properties.bundle());
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsServerSslBundleRegistrar")
	SslBundleRegistrar mtlsServerSslBundleRegistrar(@Qualifier(GATE) ObjectProvider<Gate> gate) {
		return (registry) -> registry.registerBundle(BUNDLE, new GateSslBundle(BUNDLE, gate::getObject));
	}

	/**
	 * Tomcat.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		@ConditionalOnMissingBean
		MtlsTomcatCustomizer mtlsTomcatCustomizer(@Qualifier(GATE) Gate gate) {
			return new MtlsTomcatCustomizer(gate, BUNDLE);
		}

	}

}
