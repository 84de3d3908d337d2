package dev.mtls.boot.diagnostics;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.mtls.decision.MtlsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link UnknownPrefixEnvironmentPostProcessor}. What a user sees is tested by
 * {@link StartFailureTests}.
 */
class UnknownPrefixEnvironmentPostProcessorTests {

	@Test
	void postProcessWhenFileHoldsAnUnknownKeyFails() {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> process(new MapPropertySource("application.yaml", Map.of("mtls.sever.enabled", "true"))))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.sever.enabled"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "MTLS_SIDECAR_PORT", "MTLS_SERVER_PORT_443_TCP", "MTLS_HOME" })
	void postProcessWhenEnvironmentHoldsOtherNamesLeavesThem(String name) {
		assertThatCode(() -> process(new SystemEnvironmentPropertySource(
				StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, "x"))))
			.doesNotThrowAnyException();
	}

	@Test
	void postProcessWhenSystemPropertiesHoldOtherNamesLeavesThem() {
		assertThatCode(() -> process(new MapPropertySource(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
				Map.of("mtls.test.server", "tomcat"))))
			.doesNotThrowAnyException();
	}

	private static void process(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(source);
		new UnknownPrefixEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
	}

}
