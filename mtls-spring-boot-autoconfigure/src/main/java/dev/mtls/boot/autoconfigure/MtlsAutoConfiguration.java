package dev.mtls.boot.autoconfigure;

import java.time.Instant;
import java.time.InstantSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

import dev.mtls.boot.event.ApplicationEvents;
import dev.mtls.boot.event.EventLogger;
import dev.mtls.boot.event.MtlsEventListener;
import dev.mtls.boot.event.MtlsEventMulticaster;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.gate.GateReloader;
import dev.mtls.boot.gate.GateWalker;
import dev.mtls.boot.gate.RevocationExecutor;
import dev.mtls.boot.gate.RulesCustomizer;
import dev.mtls.boot.gate.StartupReport;
import dev.mtls.gate.KillSwitch;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the gates of servers and
 * clients share: events and reload.
 */
@AutoConfiguration
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
		TcpServerProperties.PREFIX, TunnelProperties.PREFIX })
@EnableConfigurationProperties(MtlsReloadProperties.class)
@ImportRuntimeHints(MtlsAutoConfiguration.BoundProperties.class)
public final class MtlsAutoConfiguration {

	private final KillSwitchProperty killSwitch;

	MtlsAutoConfiguration(Environment environment) {
		this.killSwitch = KillSwitchProperty.of(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	EventLogger mtlsEventLogger() {
		return new EventLogger();
	}

	@Bean
	@ConditionalOnMissingBean
	ApplicationEvents mtlsApplicationEvents(ApplicationEventPublisher publisher) {
		return new ApplicationEvents(publisher);
	}

	@Bean
	@ConditionalOnMissingBean
	MtlsEventMulticaster mtlsEventMulticaster(ObjectProvider<MtlsEventListener> listeners) {
		return new MtlsEventMulticaster(listeners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	KillSwitch mtlsKillSwitch() {
		return new KillSwitch(this.killSwitch.isEngaged());
	}

	@Bean
	@ConditionalOnMissingBean
	GateWalker mtlsGateWalker(ObjectProvider<EventLogger> eventLogger) {
		GateWalker walker = new GateWalker();
		eventLogger.ifAvailable((logger) -> walker.add(() -> logger.summarize(Instant.now())));
		return walker;
	}

	@Bean
	Gates mtlsGates(ObjectProvider<SslBundles> sslBundles, ObjectProvider<RulesCustomizer> rulesCustomizers,
			MtlsEventMulticaster events, KillSwitch killSwitch, GateWalker walker, GateReloader reloader,
			RevocationExecutor revocationExecutor, GateRegistry registry) {
		return new Gates(sslBundles, rulesCustomizers, events, killSwitch, walker, reloader, revocationExecutor,
				registry);
	}

	@Bean
	@ConditionalOnMissingBean
	GateRegistry mtlsGateRegistry() {
		return new GateRegistry();
	}

	@Bean
	@ConditionalOnMissingBean
	StartupReport mtlsStartupReport(GateRegistry registry) {
		return new StartupReport(registry, InstantSource.system());
	}

	@Bean
	RevocationExecutor mtlsRevocationExecutor() {
		return new RevocationExecutor();
	}

	@Bean
	@ConditionalOnMissingBean
	GateReloader mtlsGateReloader(MtlsReloadProperties properties, KillSwitch killSwitch) {
		GateReloader reloader = new GateReloader(properties.interval(), properties.enabled());
		this.killSwitch.watch(killSwitch).ifPresent(reloader::add);
		return reloader;
	}

	/**
	 * Properties that are bound where they are no bean.
	 */
	static class BoundProperties extends BindableRuntimeHintsRegistrar {

		BoundProperties() {
			super(MtlsServerProperties.class, MtlsClientProperties.class, TrustDomainProperties.class);
		}

	}

}
