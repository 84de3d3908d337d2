package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.event.EventLogger;
import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.reload.GateReloader;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the gates of servers and
 * clients share: events and reload.
 */
@AutoConfiguration
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX })
@EnableConfigurationProperties(MtlsReloadProperties.class)
public final class MtlsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	EventLogger mtlsEventLogger() {
		return new EventLogger();
	}

	@Bean
	@ConditionalOnMissingBean
	MtlsEventMulticaster mtlsEventMulticaster(ObjectProvider<MtlsEventListener> listeners) {
		return new MtlsEventMulticaster(listeners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "mtls.reload.enabled", matchIfMissing = true)
	GateReloader mtlsGateReloader(MtlsReloadProperties properties, ObjectProvider<Gate> gates) {
		List<Runnable> checks = gates.stream().<Runnable>map((gate) -> gate::reload).toList();
		return new GateReloader(checks, properties.interval());
	}

}
