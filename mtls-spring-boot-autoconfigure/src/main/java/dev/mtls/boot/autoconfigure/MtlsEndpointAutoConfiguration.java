package dev.mtls.boot.autoconfigure;

import java.time.InstantSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import dev.mtls.boot.actuate.EventCounts;
import dev.mtls.boot.actuate.MtlsEndpoint;
import dev.mtls.boot.actuate.RecentRefusals;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.gate.KillSwitch;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the endpoint {@code mtls}.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class)
@ConditionalOnMtls({ MtlsServerProperties.PREFIX, MtlsClientProperties.PREFIX, NamedClients.PREFIX,
		TcpServerProperties.PREFIX, TunnelProperties.PREFIX })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(MtlsEndpoint.class)
public final class MtlsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RecentRefusals mtlsRecentRefusals() {
		return new RecentRefusals();
	}

	@Bean
	@ConditionalOnMissingBean
	EventCounts mtlsEventCounts() {
		return new EventCounts();
	}

	@Bean
	@ConditionalOnMissingBean
	MtlsEndpoint mtlsEndpoint(GateRegistry gates, KillSwitch killSwitch, RecentRefusals refusals, EventCounts counts,
			Environment environment) {
		return new MtlsEndpoint(gates, killSwitch, refusals, counts, InstantSource.system(),
				isReachableWhenKilled(environment));
	}

	private static boolean isReachableWhenKilled(Environment environment) {
		return !OnMtlsCondition.isOn(environment, MtlsServerProperties.PREFIX)
				|| ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
	}

}
