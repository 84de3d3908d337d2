package dev.mtls.boot.autoconfigure;

import java.time.InstantSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.application.SslHealthIndicator;
import org.springframework.boot.health.autoconfigure.application.SslHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.SslHealthIndicatorProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.mtls.boot.actuate.ForeignSslInfo;
import dev.mtls.boot.actuate.MtlsHealth;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.gate.KillSwitch;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of gates. Spring
 * Boot's {@code ssl} contributor keeps the bundles that are not those of gates, so that
 * nothing is shown twice.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class, before = SslHealthContributorAutoConfiguration.class)
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
		TcpServerProperties.PREFIX, TunnelProperties.PREFIX })
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("mtls")
@EnableConfigurationProperties(MtlsHealthProperties.class)
public final class MtlsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "mtlsHealthContributor")
	MtlsHealth mtlsHealthContributor(GateRegistry gates, KillSwitch killSwitch, MtlsHealthProperties properties) {
		return new MtlsHealth(gates, killSwitch, properties.thresholds(), InstantSource.system());
	}

	/**
	 * Spring Boot's own contributor, without the bundles of gates.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SslHealthIndicator.class)
	@ConditionalOnEnabledHealthIndicator("ssl")
	@EnableConfigurationProperties(SslHealthIndicatorProperties.class)
	static class SslHealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "sslHealthIndicator")
		SslHealthIndicator sslHealthIndicator(SslBundles bundles, GateRegistry gates,
				SslHealthIndicatorProperties properties) {
			return new SslHealthIndicator(new ForeignSslInfo(bundles, gates),
					properties.getCertificateValidityWarningThreshold());
		}

	}

}
