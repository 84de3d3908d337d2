package dev.mtls.boot.autoconfigure;

import jakarta.servlet.Filter;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

import dev.mtls.boot.bundle.GateSslBundle;
import dev.mtls.boot.dev.DevCertificates;
import dev.mtls.boot.jetty.MtlsJettyCustomizer;
import dev.mtls.boot.netty.MtlsNettyCustomizer;
import dev.mtls.boot.server.GatedServerCheck;
import dev.mtls.boot.tomcat.MtlsTomcatCustomizer;
import dev.mtls.boot.tomcat.TomcatConnectorCheck;
import dev.mtls.boot.web.reactive.GateWebFilter;
import dev.mtls.boot.web.servlet.GateFilter;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for mutual TLS of the web server.
 */
@AutoConfiguration(after = MtlsAutoConfiguration.class, before = SslAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@EnableConfigurationProperties(MtlsServerProperties.class)
public final class MtlsServerAutoConfiguration {

	static final String GATE = "mtlsServerGate";

	static final String FILTER = "mtlsGateFilter";

	static final String BUNDLE = "mtls-server";

	@Bean(GATE)
	@ConditionalOnMissingBean(name = GATE)
	Gate mtlsServerGate(MtlsServerProperties properties, Gates gates, ObjectProvider<DevCertificates> devCertificates,
			ObjectProvider<ForeignServer> foreignServer) {
		devCertificates.ifAvailable(DevCertificates::provide);
		boolean foreign = foreignServer.getIfAvailable() != null;
		return gates.open((options) -> properties.gateSettings(MtlsServerProperties.PREFIX, options, !foreign),
				properties.locations(MtlsServerProperties.PREFIX), properties.bundle());
	}

	@Bean
	@ConditionalOnForeignServer
	ForeignServer mtlsForeignServer() {
		return new ForeignServer();
	}

	@Bean
	@ConditionalOnMissingBean(name = "mtlsServerSslBundleRegistrar")
	SslBundleRegistrar mtlsServerSslBundleRegistrar(@Qualifier(GATE) ObjectProvider<Gate> gate) {
		return (registry) -> registry.registerBundle(BUNDLE, new GateSslBundle(BUNDLE, gate::getObject));
	}

	/**
	 * A servlet filter for what no connection can decide.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	@Conditional({ OnRequestCheckCondition.class, OnNoProxyCondition.class })
	static class ServletFilterConfiguration {

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		FilterRegistrationBean<GateFilter> mtlsGateFilter(@Qualifier(GATE) Gate gate, MtlsServerProperties properties,
				Environment environment) {
			FilterRegistrationBean<GateFilter> registration = new FilterRegistrationBean<>(
					new GateFilter(gate, Exclusions.of(MtlsServerProperties.PREFIX, properties, environment)));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	/**
	 * A WebFlux filter for what no connection can decide.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class })
	@Conditional({ OnRequestCheckCondition.class, OnNoProxyCondition.class })
	static class WebFilterConfiguration {

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		GateWebFilter mtlsGateWebFilter(@Qualifier(GATE) Gate gate, MtlsServerProperties properties,
				Environment environment) {
			return new GateWebFilter(gate, Exclusions.of(MtlsServerProperties.PREFIX, properties, environment), false);
		}

	}

	/**
	 * Any web server.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass(AbstractConfigurableWebServerFactory.class)
	static class WebServerConfiguration {

		@Bean
		@ConditionalOnMissingBean
		GatedServerCheck mtlsGatedServerCheck() {
			return new GatedServerCheck(BUNDLE);
		}

	}

	/**
	 * Tomcat.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TomcatConnectorCheck mtlsTomcatConnectorCheck() {
			return new TomcatConnectorCheck();
		}

		@Bean
		@ConditionalOnMissingBean
		MtlsTomcatCustomizer mtlsTomcatCustomizer(@Qualifier(GATE) Gate gate, MtlsServerProperties properties) {
			return new MtlsTomcatCustomizer(gate, BUNDLE,
					properties.proxyProtocolNetworks(MtlsServerProperties.PREFIX));
		}

	}

	/**
	 * Jetty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass({ Server.class, ConfigurableJettyWebServerFactory.class })
	static class JettyConfiguration {

		@Bean
		@ConditionalOnMissingBean
		MtlsJettyCustomizer mtlsJettyCustomizer(@Qualifier(GATE) Gate gate, MtlsServerProperties properties) {
			return new MtlsJettyCustomizer(gate, BUNDLE, properties.proxyProtocolNetworks(MtlsServerProperties.PREFIX));
		}

	}

	/**
	 * Reactor Netty.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
	static class NettyConfiguration {

		@Bean
		@ConditionalOnMissingBean
		MtlsNettyCustomizer mtlsNettyCustomizer(@Qualifier(GATE) Gate gate, MtlsServerProperties properties) {
			return new MtlsNettyCustomizer(gate, BUNDLE, properties.proxyProtocolNetworks(MtlsServerProperties.PREFIX));
		}

	}

}
