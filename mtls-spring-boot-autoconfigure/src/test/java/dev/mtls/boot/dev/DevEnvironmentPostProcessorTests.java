package dev.mtls.boot.dev;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.logging.DeferredLogs;
import org.springframework.boot.support.EnvironmentPostProcessorsFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DevEnvironmentPostProcessor}.
 */
class DevEnvironmentPostProcessorTests {

	private static final List<String> ALL = List.of("mtls.server.certificate", "mtls.server.private-key",
			"mtls.server.trust-certificates[0]", "mtls.client.certificate", "mtls.client.private-key",
			"mtls.client.trust-certificates[0]");

	@Test
	void isRegistered() {
		assertThat(EnvironmentPostProcessorsFactory.fromSpringFactories(null)
			.getEnvironmentPostProcessors(new DeferredLogs(), new DefaultBootstrapContext()))
			.hasAtLeastOneElementOfType(DevEnvironmentPostProcessor.class);
	}

	@Test
	void postProcessWhenEnabledPointsBothSidesToTheDirectory() {
		StandardEnvironment environment = process("mtls.dev.enabled=true");
		assertThat(supplied(environment)).containsExactlyInAnyOrderElementsOf(ALL);
		String directory = Path.of(".mtls").toAbsolutePath().toString();
		assertThat(environment.getProperty("mtls.server.certificate")).isEqualTo("file:" + directory + "/server.crt");
		assertThat(environment.getProperty("mtls.server.private-key")).isEqualTo("file:" + directory + "/server.key");
		assertThat(environment.getProperty("mtls.client.certificate")).isEqualTo("file:" + directory + "/client.crt");
		assertThat(environment.getProperty("mtls.client.private-key")).isEqualTo("file:" + directory + "/client.key");
		assertThat(trust(environment, "server")).isEqualTo(trust(environment, "client"))
			.containsExactly("file:" + directory + "/ca.crt");
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.dev.enabled=false", "mtls.dev.directory=.mtls", "mtls.dev.enabled=" })
	void postProcessWhenNotEnabledDoesNothing(String property) {
		assertThat(supplied(process(property))).isEmpty();
	}

	@Test
	void postProcessWhenMtlsIsDisabledDoesNothing() {
		assertThat(supplied(process("mtls.dev.enabled=true", "mtls.enabled=false"))).isEmpty();
		StandardEnvironment production = environment("mtls.dev.enabled=true", "mtls.enabled=false");
		production.setActiveProfiles("prod");
		assertThat(supplied(process(production))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.dev.enabled=maybe", "mtls.enabled=maybe" })
	void postProcessWhenSwitchIsNoBooleanFails(String property) {
		StandardEnvironment environment = environment("mtls.dev.enabled=true");
		environment.getPropertySources().addFirst(source("first", property));
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> process(environment));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "a,b", "with space", "per%20cent", "it's", "a$b;c", "ümlaut", "trailing/", "/absolute/dir" })
	void postProcessWhenDirectoryIsStrangeKeepsIt(String directory) {
		StandardEnvironment environment = process("mtls.dev.enabled=true", "mtls.dev.directory=" + directory);
		Path path = Path.of(directory).toAbsolutePath();
		assertThat(trust(environment, "server")).containsExactly("file:" + path.resolve("ca.crt"));
		assertThat(environment.getProperty("mtls.server.certificate")).isEqualTo("file:" + path.resolve("server.crt"));
	}

	@ParameterizedTest
	@CsvSource({ "certificate=a, key", "private-key=a, key", "certificate=, key", "key-store.location=a, key",
			"bundle=a, key trust", "trust-certificates=a, trust", "trust-certificates[0]=a, trust",
			"trustCertificates=a, trust", "trust-certificates=, trust", "trust-store.location=a, trust" })
	void postProcessWhenOneSideIsSetGivesWayThere(String property, String what) {
		for (String side : List.of("server", "client")) {
			StandardEnvironment environment = process("mtls.dev.enabled=true", "mtls.%s.%s".formatted(side, property));
			String other = side.equals("server") ? "client" : "server";
			assertThat(supplied(environment)).contains("mtls.%s.certificate".formatted(other),
					"mtls.%s.private-key".formatted(other), "mtls.%s.trust-certificates[0]".formatted(other));
			assertThat(supplied(environment).contains("mtls.%s.certificate".formatted(side)))
				.isEqualTo(!what.contains("key"));
			assertThat(supplied(environment).contains("mtls.%s.private-key".formatted(side)))
				.isEqualTo(!what.contains("key"));
			assertThat(supplied(environment).contains("mtls.%s.trust-certificates[0]".formatted(side)))
				.isEqualTo(!what.contains("trust"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "MTLS_SERVER_CERTIFICATE, key", "MTLS_SERVER_PRIVATEKEY, key", "MTLS_SERVER_PRIVATE_KEY, key",
			"MTLS_SERVER_KEYSTORE_LOCATION, key", "MTLS_SERVER_BUNDLE, key trust",
			"MTLS_SERVER_TRUSTCERTIFICATES, trust", "MTLS_SERVER_TRUST_CERTIFICATES, trust",
			"MTLS_SERVER_TRUSTCERTIFICATES_0, trust", "MTLS_SERVER_TRUSTSTORE_LOCATION, trust" })
	void postProcessWhenEnvironmentVariableIsSetGivesWay(String variable, String what) {
		StandardEnvironment environment = environment("mtls.dev.enabled=true");
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(variable, "a")));
		process(environment);
		assertThat(supplied(environment).contains("mtls.server.certificate")).isEqualTo(!what.contains("key"));
		assertThat(supplied(environment).contains("mtls.server.trust-certificates[0]"))
			.isEqualTo(!what.contains("trust"));
	}

	@Test
	void postProcessWhenRulesAreSetKeepsThem() {
		StandardEnvironment environment = process("mtls.dev.enabled=true", "mtls.server.allowed-clients=dns:a.example");
		assertThat(supplied(environment)).containsExactlyInAnyOrderElementsOf(ALL);
		assertThat(environment.getProperty("mtls.server.allowed-clients")).isEqualTo("dns:a.example");
	}

	@ParameterizedTest
	@ValueSource(strings = { "prod", "production", "PROD", "Production" })
	void postProcessWhenProfileIsProductionFails(String profile) {
		StandardEnvironment environment = environment("mtls.dev.enabled=true");
		environment.setActiveProfiles("cloud", profile);
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> process(environment)).satisfies((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
			assertThat(ex.place()).isEqualTo("mtls.dev.enabled=true");
			assertThat(ex.problem()).contains("'%s'".formatted(profile));
			assertThat(ex.fix()).contains("mtls.server.certificate");
		});
	}

	@Test
	void postProcessWhenProductionIsTheDefaultProfileFails() {
		StandardEnvironment environment = environment("mtls.dev.enabled=true");
		environment.setDefaultProfiles("prod");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> process(environment));
		environment.setActiveProfiles("dev");
		assertThat(supplied(process(environment))).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "product", "nonprod", "prod-like", "default" })
	void postProcessWhenProfileIsAnotherSupplies(String profile) {
		StandardEnvironment environment = environment("mtls.dev.enabled=true");
		environment.setActiveProfiles(profile);
		assertThat(supplied(process(environment))).isNotEmpty();
	}

	private static StandardEnvironment process(String... properties) {
		return process(environment(properties));
	}

	private static StandardEnvironment process(StandardEnvironment environment) {
		new DevEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
		return environment;
	}

	private static StandardEnvironment environment(String... properties) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addLast(source("test", properties));
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

	private static MapPropertySource source(String name, String... properties) {
		Map<String, Object> map = new HashMap<>();
		Arrays.stream(properties)
			.forEach((property) -> map.put(property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1)));
		return new MapPropertySource(name, map);
	}

	private static List<String> supplied(StandardEnvironment environment) {
		PropertySource<?> source = environment.getPropertySources().get(DevEnvironmentPostProcessor.PROPERTY_SOURCE);
		return (source != null) ? List.of(((MapPropertySource) source).getPropertyNames()) : List.of();
	}

	private static String[] trust(StandardEnvironment environment, String side) {
		return Binder.get(environment).bind("mtls.%s.trust-certificates".formatted(side), String[].class).get();
	}

}
