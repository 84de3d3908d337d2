package dev.mtls.cli.tunnel;

import java.time.InstantSource;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.boot.gate.StartupReport;

/**
 * The auto-configurations that tunnels need. They are listed in
 * {@code META-INF/spring/dev.mtls.cli.tunnel.TunnelConfiguration.imports}.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration
class TunnelConfiguration {

	// Reports when it is asked to, because a start that fails is to say nothing else
	@Bean
	@Lazy
	StartupReport startupReport(GateRegistry registry) {
		return new StartupReport(registry, InstantSource.system());
	}

}
