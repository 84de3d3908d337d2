package dev.mtls.boot.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.actuate.TunnelsHealth;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.MtlsTunnel;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of tunnels.
 */
@AutoConfiguration(after = MtlsTunnelAutoConfiguration.class)
@ConditionalOnMtls(TunnelProperties.PREFIX)
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class, MtlsTunnel.class })
@ConditionalOnEnabledHealthIndicator("mtlstunnels")
public final class MtlsTunnelsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "mtlsTunnelsHealthContributor")
	TunnelsHealth mtlsTunnelsHealthContributor(TunnelLifecycle tunnels) {
		return new TunnelsHealth(tunnels);
	}

}
