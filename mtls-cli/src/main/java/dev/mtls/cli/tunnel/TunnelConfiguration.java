package dev.mtls.cli.tunnel;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/**
 * The auto-configurations that tunnels need. They are listed in
 * {@code META-INF/spring/dev.mtls.cli.tunnel.TunnelConfiguration.imports}.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration
class TunnelConfiguration {

}
