package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.mock.env.MockEnvironment;

import dev.mtls.address.Cidr;
import dev.mtls.boot.forwarded.AddressHeader;
import dev.mtls.boot.forwarded.ForwardedFormat;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.policy.ProxyPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ForwardedProperties}.
 */
class ForwardedPropertiesTests {

	@ParameterizedTest
	@ValueSource(strings = { "rfc9440", "RFC9440", "envoy", "nginx", "traefik", "aws-alb", "AWS_ALB" })
	void formatIsBoundInAnyNotation(String format) {
		ForwardedProperties properties = forwarded("format=" + format, "proxies=dns:proxy.example.com");
		assertThat(Objects.requireNonNull(properties.format()).name().replace("_", ""))
			.isEqualToIgnoringCase(format.replaceAll("[-_]", ""));
		assertThat(properties.chain()).isNotNull();
		assertThat(properties.addressHeader()).isEqualTo(AddressHeader.X_FORWARDED_FOR);
	}

	@Test
	void policyByIdentityHoldsProxiesAndTheirNetworks() {
		ProxyPolicy policy = forwarded("format=nginx", "header=X-Peer", "address-header=forwarded",
				"proxies=proxy.example.com,spiffe://td/proxy", "proxy-networks=10.0.0.0/8,fd00::/8")
			.policy("mtls.server.forwarded");
		assertThat(policy.byAddress()).isFalse();
		assertThat(policy.proxies()).hasToString("[dns:proxy.example.com, spiffe://td/proxy]");
		assertThat(policy.isIn(Cidr.parse("10.1.2.3").network())).isTrue();
		assertThat(policy.isIn(Cidr.parse("11.1.2.3").network())).isFalse();
	}

	@Test
	void policyByAddressHoldsNetworksAlone() {
		ProxyPolicy policy = forwarded("format=aws-alb", "trust=address", "proxy-networks=10.0.0.0/8")
			.policy("mtls.server.forwarded");
		assertThat(policy.byAddress()).isTrue();
		assertThat(policy.proxies()).isEmpty();
	}

	static List<Arguments> wrong() {
		return List.of(
				Arguments.of("format", Reason.CONFIGURATION_INVALID, new String[] { "proxies=proxy.example.com" }),
				Arguments.of("format", Reason.CONFIGURATION_INVALID, new String[] { "trust=address" }),
				Arguments.of("proxies", Reason.CONFIGURATION_INVALID, new String[] { "format=rfc9440" }),
				Arguments.of("proxies", Reason.CONFIGURATION_INVALID,
						new String[] { "format=rfc9440", "proxy-networks=10.0.0.0/8" }),
				Arguments.of("proxies", Reason.RULES_EMPTY, new String[] { "format=rfc9440", "proxies=" }),
				Arguments.of("proxies: dns:*", Reason.RULE_INVALID, new String[] { "format=rfc9440", "proxies=dns:*" }),
				Arguments.of("proxy-networks: 10.0.0.1/8", Reason.RULE_INVALID,
						new String[] { "format=rfc9440", "proxies=a.example.com", "proxy-networks=10.0.0.1/8" }),
				Arguments.of("proxy-networks", Reason.RULES_EMPTY,
						new String[] { "format=rfc9440", "proxies=a.example.com", "proxy-networks=" }),
				Arguments.of("header=X-Peer", Reason.CONFIGURATION_CONFLICT,
						new String[] { "format=rfc9440", "proxies=a.example.com", "header=X-Peer" }),
				Arguments.of("header=X-Peer", Reason.CONFIGURATION_CONFLICT,
						new String[] { "format=envoy", "proxies=a.example.com", "header=X-Peer" }),
				Arguments.of("header=X Peer", Reason.CONFIGURATION_INVALID,
						new String[] { "format=nginx", "proxies=a.example.com", "header=X Peer" }),
				Arguments.of("header=X-Peer:", Reason.CONFIGURATION_INVALID,
						new String[] { "format=nginx", "proxies=a.example.com", "header=X-Peer:" }),
				Arguments.of("trust=address", Reason.CONFIGURATION_CONFLICT,
						new String[] { "format=nginx", "trust=address", "proxy-networks=10.0.0.0/8" }),
				Arguments.of("proxy-networks", Reason.CONFIGURATION_INVALID,
						new String[] { "format=aws-alb", "trust=address" }),
				Arguments.of("proxies", Reason.CONFIGURATION_CONFLICT, new String[] { "format=aws-alb", "trust=address",
						"proxy-networks=10.0.0.0/8", "proxies=a.example.com" }));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("wrong")
	void settingsWhenWrongFailAndNameThePlace(String place, Reason reason, String[] keys) {
		MtlsServerProperties properties = server("mtls.server", keys);
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> properties.gateSettings("mtls.server", SslOptions.NONE, true))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.place()).startsWith("mtls.server.forwarded." + place);
				assertThat(ex.fix()).isNotBlank();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "format=apache", "trust=nobody", "address-header=x-real-ip" })
	void valueWhenItDoesNotExistFails(String key) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> server("mtls.server", key));
	}

	@Test
	void settingsOfAManagementPortFail() {
		MtlsServerProperties properties = server("mtls.management", "format=nginx", "proxies=a.example.com");
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> properties.gateSettings("mtls.management", SslOptions.NONE, true))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.management.forwarded"));
	}

	@Test
	void formatsWithAHeaderOfChoiceAreThoseThatSaySo() {
		assertThat(ForwardedFormat.NGINX.defaultHeader()).isEqualTo("X-Client-Cert");
		assertThat(List.of(ForwardedFormat.values())).filteredOn((format) -> format.defaultHeader() != null)
			.containsExactly(ForwardedFormat.NGINX);
	}

	private static ForwardedProperties forwarded(String... keys) {
		return Objects.requireNonNull(server("mtls.server", keys).forwarded());
	}

	private static MtlsServerProperties server(String prefix, String... keys) {
		MockEnvironment environment = new MockEnvironment();
		for (String key : keys) {
			environment.setProperty(prefix + ".forwarded." + key.substring(0, key.indexOf('=')),
					key.substring(key.indexOf('=') + 1));
		}
		return Binder.get(environment).bindOrCreate(prefix, MtlsServerProperties.class);
	}

}
