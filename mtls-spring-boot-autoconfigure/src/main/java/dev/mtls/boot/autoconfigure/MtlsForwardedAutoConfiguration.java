package dev.mtls.boot.autoconfigure;

import java.util.Set;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.reactive.ForwardedPeerWebFilter;
import dev.mtls.boot.forwarded.reactive.ForwardingHeaderWebFilter;
import dev.mtls.boot.forwarded.servlet.FirstFilterRegistrationBean;
import dev.mtls.boot.forwarded.servlet.ForwardedPeerFilter;
import dev.mtls.boot.forwarded.servlet.ForwardingHeaderFilter;
import dev.mtls.gate.Gate;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what proxies say about the
 * client: nobody is believed who has not proved to be one.
 */
@AutoConfiguration(after = MtlsServerAutoConfiguration.class)
@ConditionalOnMtls(MtlsServerProperties.PREFIX)
@ConditionalOnWebApplication
public final class MtlsForwardedAutoConfiguration {

	static final String FORMAT = MtlsServerProperties.PREFIX + ".forwarded.format";

	static final String HEADER = MtlsServerProperties.PREFIX + ".forwarded.header";

	static final String FILTER = "mtlsForwardingHeaderFilter";

	@Bean
	@ConditionalOnMissingBean
	StrippedHeaders mtlsStrippedHeaders(Environment environment, MtlsServerProperties properties) {
		return StrippedHeaders.of(environment, properties);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnProperty(FORMAT)
	ForwardedPeers mtlsForwardedPeers(@Qualifier(MtlsServerAutoConfiguration.GATE) Gate gate,
			MtlsServerProperties properties, Environment environment) {
		return properties.forwardedPeers(gate, Exclusions.of(MtlsServerProperties.PREFIX, properties, environment));
	}

	/**
	 * Servlet applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	static class ServletFilterConfiguration {

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		@Conditional(OnNoProxyCondition.class)
		FirstFilterRegistrationBean<ForwardingHeaderFilter> mtlsForwardingHeaderFilter(StrippedHeaders headers) {
			return new FirstFilterRegistrationBean<>(new ForwardingHeaderFilter(headers.ofClients()));
		}

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		@ConditionalOnProperty(FORMAT)
		FirstFilterRegistrationBean<ForwardedPeerFilter> mtlsForwardedPeerFilter(ForwardedPeers peers,
				StrippedHeaders headers, Environment environment) {
			new ForwardHeadersStrategy(environment).refuse(Set.of("native"));
			return new FirstFilterRegistrationBean<>(
					new ForwardedPeerFilter(peers, headers.ofClients(), headers.ofProxies()));
		}

	}

	/**
	 * Reactive applications.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, Mono.class })
	static class WebFilterConfiguration {

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		@Conditional(OnNoProxyCondition.class)
		ForwardingHeaderWebFilter mtlsForwardingHeaderFilter(StrippedHeaders headers) {
			return new ForwardingHeaderWebFilter(headers.ofClients());
		}

		@Bean(FILTER)
		@ConditionalOnMissingBean(name = FILTER)
		@ConditionalOnProperty(FORMAT)
		ForwardedPeerWebFilter mtlsForwardedPeerFilter(ForwardedPeers peers, StrippedHeaders headers,
				Environment environment) {
			// Spring's own comes before every filter here
			new ForwardHeadersStrategy(environment).refuse(Set.of("native", "framework"));
			return new ForwardedPeerWebFilter(peers, headers.ofClients(), headers.ofProxies());
		}

	}

}
