package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.address.Cidr;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProxyProtocolProperties}.
 */
class ProxyProtocolPropertiesTests {

	@Test
	void networksWhenOnAreParsed() {
		assertThat(new ProxyProtocolProperties(true, List.of(" 10.0.0.0/8 ", "2001:db8::1")).networks("place"))
			.isNotNull()
			.satisfies((networks) -> {
				assertThat(networks.contains(Cidr.parse("10.1.2.3").network())).isTrue();
				assertThat(networks.contains(Cidr.parse("11.1.2.3").network())).isFalse();
			});
	}

	@Test
	void networksWhenOffAreNone() {
		assertThat(new ProxyProtocolProperties(false, List.of("10.0.0.0/8")).networks("place")).isNull();
	}

	@Test
	void networksWhenNotSetAreRefused() {
		assertRefused(null, Reason.CONFIGURATION_INVALID);
		assertRefused(List.of(), Reason.RULES_EMPTY);
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1/8", "10.0.0", "proxy.example.com", "''" })
	void networksWhenWrongAreRefused(String network) {
		assertRefused(List.of(network), Reason.RULE_INVALID);
	}

	private static void assertRefused(@Nullable List<String> networks, Reason reason) {
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> new ProxyProtocolProperties(true, networks).networks("mtls.server.proxy-protocol"))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.place()).startsWith("mtls.server.proxy-protocol.proxy-networks");
			});
	}

}
