package dev.mtls.boot.autoconfigure;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import dev.mtls.boot.actuate.TunnelsEndpoint;
import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.MtlsTunnel;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the endpoint
 * {@code mtlstunnels}.
 */
@AutoConfiguration(after = MtlsTunnelAutoConfiguration.class)
@ConditionalOnMtls(TunnelProperties.PREFIX)
@ConditionalOnClass({ ConditionalOnAvailableEndpoint.class, MtlsTunnel.class })
@ConditionalOnAvailableEndpoint(TunnelsEndpoint.class)
public final class MtlsTunnelsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TunnelsEndpoint mtlsTunnelsEndpoint(TunnelLifecycle tunnels, TunnelGates gates) {
		return new TunnelsEndpoint(tunnels, gates::gate);
	}

}
