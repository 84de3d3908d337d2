package dev.mtls.boot.autoconfigure;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.metrics.TunnelMetrics;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.MtlsTunnel;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for metrics of tunnels.
 */
@AutoConfiguration(after = MtlsTunnelAutoConfiguration.class)
@ConditionalOnMtls(TunnelProperties.PREFIX)
@ConditionalOnClass({ MeterBinder.class, MtlsTunnel.class })
public final class MtlsTunnelsMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TunnelMetrics mtlsTunnelMetrics(TunnelLifecycle tunnels) {
		return new TunnelMetrics(tunnels);
	}

}
