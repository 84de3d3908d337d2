package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.jetty.MtlsJettyCustomizer;
import dev.mtls.boot.netty.MtlsNettyCustomizer;
import dev.mtls.boot.server.GatedServerCheck;
import dev.mtls.boot.tomcat.MtlsTomcatCustomizer;
import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.boot.web.reactive.GateWebFilter;
import dev.mtls.boot.web.servlet.GateFilter;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;

/**
 * {@link ManagementContextConfiguration @ManagementContextConfiguration} for mutual TLS
 * of a management port of its own. Without {@code mtls.management} such a port stays as
 * Spring Boot has it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnMtls(MtlsManagementContextConfiguration.PREFIX)
final class MtlsManagementContextConfiguration {

	static final String PREFIX = "mtls.management";

	static final String BUNDLE = "mtls-management";

	// With a kill switch of its own, since whoever engages the others' must be able to
	// release it
	@Bean
	Gate mtlsManagementGate(Environment environment, Gates gates, SslBundleRegistry bundles) {
		MtlsServerProperties properties = properties(environment);
		Gate gate = gates.open((options) -> properties.gateSettings(PREFIX, options, true),
				properties.locations(PREFIX), properties.bundle(), new KillSwitch(false));
		bundles.registerBundle(BUNDLE, new GateSslBundle(BUNDLE, () -> gate));
		return gate;
	}

	@Bean
	GatedServerCheck mtlsManagementGatedServerCheck() {
		return new GatedServerCheck(BUNDLE);
	}

	private static MtlsServerProperties properties(Environment environment) {
		return StrictProperties.bind(environment, PREFIX, MtlsServerProperties.class);
	}

	private static ExcludedPaths excludedPaths(Environment environment) {
		return Exclusions.of(PREFIX, properties(environment), environment);
	}

	/**
	 * A servlet filter for peers that a connection does not refuse.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	@ConditionalOnWantedCertificate(PREFIX)
	static class ServletFilterConfiguration {

		@Bean
		FilterRegistrationBean<GateFilter> mtlsManagementGateFilter(Gate mtlsManagementGate, Environment environment) {
			FilterRegistrationBean<GateFilter> registration = new FilterRegistrationBean<>(
					new GateFilter(mtlsManagementGate, excludedPaths(environment)));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	/**
	 * A WebFlux filter for peers that a connection does not refuse.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class })
	@ConditionalOnWantedCertificate(PREFIX)
	static class WebFilterConfiguration {

		@Bean
		GateWebFilter mtlsManagementGateWebFilter(Gate mtlsManagementGate, Environment environment) {
			return new GateWebFilter(mtlsManagementGate, excludedPaths(environment), true);
		}

	}

	/**
	 * Tomcat.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		MtlsTomcatCustomizer mtlsTomcatCustomizer(Gate mtlsManagementGate, Environment environment) {
			return new MtlsTomcatCustomizer(mtlsManagementGate, BUNDLE,
					properties(environment).proxyProtocolNetworks(PREFIX));
		}

	}

	/**
	 * Jetty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Server.class, ConfigurableJettyWebServerFactory.class })
	static class JettyConfiguration {

		@Bean
		MtlsJettyCustomizer mtlsJettyCustomizer(Gate mtlsManagementGate, Environment environment) {
			return new MtlsJettyCustomizer(mtlsManagementGate, BUNDLE,
					properties(environment).proxyProtocolNetworks(PREFIX));
		}

	}

	/**
	 * Reactor Netty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
	static class NettyConfiguration {

		@Bean
		MtlsNettyCustomizer mtlsNettyCustomizer(Gate mtlsManagementGate, Environment environment) {
			return new MtlsNettyCustomizer(mtlsManagementGate, BUNDLE,
					properties(environment).proxyProtocolNetworks(PREFIX));
		}

	}

}
