package dev.mtls.boot.autoconfigure;

import java.time.InstantSource;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.metrics.MtlsMetrics;
import dev.mtls.gate.KillSwitch;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for metrics of gates.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class)
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
		TcpServerProperties.PREFIX, TunnelProperties.PREFIX })
@ConditionalOnClass(MeterBinder.class)
public final class MtlsMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MtlsMetrics mtlsMetrics(GateRegistry gates, KillSwitch killSwitch) {
		return new MtlsMetrics(gates, killSwitch, InstantSource.system());
	}

	// Not by the metrics themselves, which are a listener of what they would need
	@Bean
	@ConditionalOnMissingBean(name = "mtlsDroppedEventMetrics")
	MeterBinder mtlsDroppedEventMetrics(MtlsEventMulticaster multicaster) {
		return (registry) -> MtlsMetrics.bindDropped(registry, multicaster, MtlsEventMulticaster::dropped);
	}

}
