package dev.mtls.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.client.ClientOptions;
import dev.mtls.boot.client.ImperativeClients;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.boot.client.MtlsRestClientCustomizer;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsClientAutoConfiguration}.
 */
class MtlsClientAutoConfigurationTests {

	private static MtlsTestFiles files;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MtlsAutoConfiguration.class, MtlsClientAutoConfiguration.class,
				MtlsHttpClientAutoConfiguration.class, SslAutoConfiguration.class));

	@BeforeAll
	static void writeFiles(@TempDir Path directory) {
		files = MtlsTestFiles.in(directory);
	}

	@Test
	void contextWhenThreePropertiesSuppliesGateBundleAndCustomizer() {
		this.runner.withPropertyValues(files.clientProperties()).run((context) -> {
			assertThat(context).hasSingleBean(Gate.class).hasBean("mtlsClientGate");
			assertThat(context).hasSingleBean(MtlsRestClientCustomizer.class);
			assertThat(context.getBean(SslBundles.class).getBundleNames()).containsExactly("mtls-client");
			assertThat(context.getBean(Gate.class).settings().hostNameChecked()).isTrue();
		});
	}

	@Test
	void contextWhenTrustOnlySuppliesGateWithoutKey() {
		this.runner.withPropertyValues("mtls.client.trust-certificates=" + files.anchor())
			.run((context) -> assertThat(context.getBean(Gate.class).snapshot().key()).isNull());
	}

	@Test
	void contextWhenNothingIsSetSuppliesNothing() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(Gate.class)
			.doesNotHaveBean(RestClientCustomizer.class));
	}

	@Test
	void contextWhenMtlsIsDisabledSuppliesNothing() {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.enabled=false", "mtls.client.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(Gate.class)
				.doesNotHaveBean(RestClientCustomizer.class));
	}

	@Test
	void contextWhenClientIsDisabledSuppliesNothing() {
		this.runner.withPropertyValues(files.clientProperties())
			.withPropertyValues("mtls.client.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Gate.class)
				.doesNotHaveBean(RestClientCustomizer.class));
	}

	@Test
	void contextWhenServerAndClientAreSetSuppliesBothGates() {
		this.runner.withConfiguration(AutoConfigurations.of(MtlsServerAutoConfiguration.class))
			.withPropertyValues(files.clientProperties())
			.withPropertyValues(files.serverProperties())
			.run((context) -> {
				assertThat(context.getBeansOfType(Gate.class)).containsOnlyKeys("mtlsServerGate", "mtlsClientGate");
				assertThat(context.getBean(SslBundles.class).getBundleNames()).containsExactly("mtls-client",
						"mtls-server");
			});
	}

	@Test
	void contextWhenRestClientIsAbsentSuppliesGateOnly() {
		for (Class<?> absent : List.of(RestClient.class, RestClientCustomizer.class, HttpClientSettings.class)) {
			this.runner.withPropertyValues(files.clientProperties())
				.withClassLoader(new FilteredClassLoader(absent))
				.run((context) -> assertThat(context).hasNotFailed()
					.hasSingleBean(Gate.class)
					.doesNotHaveBean("mtlsRestClientCustomizer"));
		}
	}

	@Test
	void contextWhenBeansAreDefinedBacksOff() {
		this.runner.withPropertyValues(files.clientProperties())
			.withUserConfiguration(OwnBeansConfiguration.class)
			.run((context) -> {
				assertThat(context.getBean(Gate.class).settings().name()).isEqualTo("own");
				assertThat(context).hasSingleBean(RestClientCustomizer.class).hasBean("ownCustomizer");
			});
	}

	/**
	 * The application's own beans.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnBeansConfiguration {

		@Bean
		Gate mtlsClientGate() {
			SnapshotLocations locations = SnapshotLocations.builder("own")
				.trustCertificates(List.of(files.anchor().toString()))
				.build();
			return Gate.builder(GateSettings.client("own", true, TlsProfile.defaults()), locations).open();
		}

		@Bean
		MtlsRestClientCustomizer ownCustomizer(Gate gate) {
			return new MtlsRestClientCustomizer(
					new ImperativeClients(ClientHttpRequestFactoryBuilder.jdk(), HttpClientSettings.defaults()),
					new MtlsClient(gate, new ClientOptions(null, null, ClientPool.DEFAULTS, null)));
		}

	}

}
