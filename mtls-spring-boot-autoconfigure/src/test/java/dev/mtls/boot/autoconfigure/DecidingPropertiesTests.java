package dev.mtls.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

import dev.mtls.decision.MtlsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DecidingProperties}.
 */
class DecidingPropertiesTests {

	@ParameterizedTest
	@CsvSource({ "mtls.server.allowed-clients, a, mtls.server", "mtls.client.enabled, true, mtls.client",
			"mtls.client.apply-to-builders, false, mtls.client|mtls.client.apply-to-builders=false",
			"mtls.client.apply-to-builders, true, mtls.client", "mtls.server.rate-limit.permits, false, mtls.server",
			"mtls.tcp.clients.orders.server, localhost:1, mtls.tcp.clients.orders", "mtls.dev.enabled, false, ''",
			"mtls.audit.enabled, true, ''", "mtls.audit.enabled, false, mtls.audit.enabled=false",
			"mtls.reload.interval, 1s, ''" })
	void propertiesThatDecideAreFound(String name, String value, String found) {
		assertThat(String.join("|", DecidingProperties.of(new MockEnvironment().withProperty(name, value))))
			.isEqualTo(found);
	}

	@Test
	void nothingIsFoundWhenEverythingIsOff() {
		MockEnvironment environment = new MockEnvironment().withProperty("mtls.enabled", "false")
			.withProperty("mtls.server.excluded-paths", "/public/**");
		assertThat(DecidingProperties.of(environment)).isEmpty();
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> DecidingProperties.check(environment, "mtls.server"))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.server"));
	}

}
