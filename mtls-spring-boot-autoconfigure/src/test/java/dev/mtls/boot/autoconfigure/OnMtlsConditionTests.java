package dev.mtls.boot.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.mtls.decision.MtlsException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OnMtlsCondition}.
 */
class OnMtlsConditionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(ServerConfiguration.class);

	@ParameterizedTest
	@ValueSource(strings = { "mtls.server.certificate=tls.crt", "mtls.server.trust-certificates[0]=ca.crt",
			"mtls.server.trustCertificates=ca.crt", "mtls.server.key-store.location=a.p12", "mtls.server.enabled=true",
			"mtls.server.certificate=", "mtls.server.misspelt=x" })
	void matchesWhenAnyKeyIsSet(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasBean("matched"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "MTLS_SERVER_CERTIFICATE", "MTLS_SERVER_TRUSTCERTIFICATES_0", "MTLS_SERVER_BUNDLE",
			"MTLS_SERVER_KEYSTORE_LOCATION" })
	void matchesWhenAnEnvironmentVariableIsSet(String name) {
		this.runner.withInitializer((context) -> environment(context, Map.of(name, "x")))
			.run((context) -> assertThat(context).hasBean("matched"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "some.thing=else", "mtls.client.certificate=tls.crt", "mtls.enabled=true",
			"mtls.server.enabled=false", "mtls.servers.certificate=tls.crt" })
	void doesNotMatchWhenNoKeyOfTheSideIsSet(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).doesNotHaveBean("matched"));
	}

	@Test
	void doesNotMatchWhenDisabledByEnvironmentVariable() {
		this.runner.withPropertyValues("mtls.server.certificate=tls.crt")
			.withInitializer((context) -> environment(context, Map.of("MTLS_ENABLED", "false")))
			.run((context) -> assertThat(context).doesNotHaveBean("matched"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.enabled=maybe", "mtls.server.enabled=maybe" })
	void failsWhenASwitchIsNoBoolean(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().hasCauseInstanceOf(BindException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mtls.server=", "mtls.server=on" })
	void failsWhenNothingStandsBelowTheSide(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(MtlsException.class)
				.hasStackTraceContaining("mtls.server: no key below it is set. set one, or remove it."));
	}

	static void environment(ConfigurableApplicationContext context, Map<String, Object> variables) {
		context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

	/**
	 * What is there when the server's side is on.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMtls(MtlsServerProperties.PREFIX)
	static class ServerConfiguration {

		@Bean
		String matched() {
			return "matched";
		}

	}

}
