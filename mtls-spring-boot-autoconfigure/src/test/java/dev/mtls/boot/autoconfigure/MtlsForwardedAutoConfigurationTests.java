package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.WebFilter;

import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.forwarded.ForwardingHeaders;
import dev.mtls.boot.forwarded.reactive.ForwardedPeerWebFilter;
import dev.mtls.boot.forwarded.reactive.ForwardingHeaderWebFilter;
import dev.mtls.boot.forwarded.servlet.FirstFilterRegistrationBean;
import dev.mtls.boot.forwarded.servlet.ForwardedPeerFilter;
import dev.mtls.boot.forwarded.servlet.ForwardingHeaderFilter;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsForwardedAutoConfiguration}.
 */
class MtlsForwardedAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(MtlsAutoConfiguration.class,
			MtlsServerAutoConfiguration.class, SslAutoConfiguration.class, MtlsForwardedAutoConfiguration.class);

	private static final String[] PROXIES = { "mtls.server.forwarded.format=envoy",
			"mtls.server.forwarded.proxies=dns:proxy.example.com" };

	private static final String FILTER = MtlsForwardedAutoConfiguration.FILTER;

	private static MtlsTestFiles files;

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenThereAreNoProxiesSuppliesAFilterThatStrips() {
		this.servlet.withPropertyValues(files.serverProperties()).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ForwardedPeers.class);
			assertThat(context.getBean(FILTER, FirstFilterRegistrationBean.class).getFilter())
				.isInstanceOf(ForwardingHeaderFilter.class);
			ForwardingHeaders headers = context.getBean(StrippedHeaders.class).ofClients();
			assertThat(headers.contains("Client-Cert")).isTrue();
			assertThat(headers.contains("X-Forwarded-For")).isTrue();
		});
		this.reactive.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ForwardingHeaderWebFilter.class)
				.doesNotHaveBean(ForwardedPeers.class));
	}

	@Test
	void contextWhenThereAreProxiesSuppliesAFilterThatAsksWhomTheySpeakFor() {
		this.servlet.withPropertyValues(files.serverProperties()).withPropertyValues(PROXIES).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(ForwardedPeers.class);
			assertThat(context.getBean(FILTER, FirstFilterRegistrationBean.class).getFilter())
				.isInstanceOf(ForwardedPeerFilter.class);
			// It asks the gate itself
			assertThat(context).doesNotHaveBean(MtlsServerAutoConfiguration.FILTER);
			assertThat(context.getBean(StrippedHeaders.class).ofProxies().contains("X-Forwarded-For")).isFalse();
		});
		this.reactive.withPropertyValues(files.serverProperties())
			.withPropertyValues(PROXIES)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ForwardedPeerWebFilter.class)
				.doesNotHaveBean(ForwardingHeaderWebFilter.class)
				.doesNotHaveBean(MtlsServerAutoConfiguration.FILTER));
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.forward-headers-strategy=none", "server.forwardHeadersStrategy=framework" })
	void contextWhenAStrategyIsSetLeavesAddressesToIt(String property) {
		this.servlet.withPropertyValues(files.serverProperties()).withSystemProperties(property).run((context) -> {
			ForwardingHeaders headers = context.getBean(StrippedHeaders.class).ofClients();
			assertThat(headers.contains("X-Forwarded-For")).isFalse();
			assertThat(headers.contains("X-Forwarded-Client-Cert")).isTrue();
		});
	}

	@Test
	void contextWhenAStrategyChangesTheAddressBeforeFails() {
		for (String property : List.of("server.forward-headers-strategy=native",
				"server.forward-headers-strategy=NATIVE", "spring.main.cloud-platform=kubernetes")) {
			this.servlet.withPropertyValues(files.serverProperties())
				.withPropertyValues(PROXIES)
				.withPropertyValues(property)
				.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).reason())
					.isEqualTo(Reason.CONFIGURATION_CONFLICT));
		}
		this.servlet.withPropertyValues(files.serverProperties())
			.withPropertyValues(PROXIES)
			.withPropertyValues("server.forward-headers-strategy=framework", "spring.main.cloud-platform=kubernetes")
			.run((context) -> assertThat(context).hasNotFailed());
		this.reactive.withPropertyValues(files.serverProperties())
			.withPropertyValues(PROXIES)
			.withPropertyValues("server.forward-headers-strategy=framework")
			.run((context) -> assertThat(Failures.mtlsException(context.getStartupFailure()).place())
				.isEqualTo("server.forward-headers-strategy=framework"));
		this.servlet.withPropertyValues(files.serverProperties())
			.withPropertyValues("spring.main.cloud-platform=kubernetes")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void contextWhenTheHeaderIsNamedStripsIt() {
		this.servlet.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.forwarded.format=nginx", "mtls.server.forwarded.header=X-Peer-Pem",
					"mtls.server.forwarded.proxies=dns:proxy.example.com")
			.run((context) -> {
				StrippedHeaders headers = context.getBean(StrippedHeaders.class);
				assertThat(headers.ofClients().contains("x_peer_pem")).isTrue();
				assertThat(headers.ofProxies().contains("x_peer_pem")).isTrue();
			});
	}

	@Test
	void contextWhenDisabledOrNotWebSuppliesNothing() {
		this.servlet.run((context) -> assertThat(context).doesNotHaveBean(FILTER));
		this.servlet.withPropertyValues(files.serverProperties())
			.withPropertyValues("mtls.server.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(FILTER));
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(files.serverProperties())
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FILTER));
	}

	@Test
	void contextWhenClassesAreAbsentSuppliesNoFilter() {
		this.servlet.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(FilterRegistrationBean.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FILTER));
		this.reactive.withPropertyValues(files.serverProperties())
			.withClassLoader(new FilteredClassLoader(WebFilter.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FILTER));
	}

	@Test
	void contextWhenFilterIsDefinedBacksOff() {
		this.servlet.withPropertyValues(files.serverProperties())
			.withUserConfiguration(OwnFilterConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FirstFilterRegistrationBean.class));
	}

	/**
	 * The application's own filter.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnFilterConfiguration {

		@Bean(FILTER)
		String ownFilter() {
			return "own";
		}

	}

}
