package dev.mtls.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HostAndPort}.
 */
class HostAndPortTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			api.example.com:8443    | api.example.com    | 8443
			api.example.com.:8443   | api.example.com.   | 8443
			localhost:1             | localhost          | 1
			db_1.internal:65535     | db_1.internal      | 65535
			xn--mnchen-3ya.de:443   | xn--mnchen-3ya.de  | 443
			1password.com:443       | 1password.com      | 443
			192.0.2.1:00443         | 192.0.2.1          | 443
			[::1]:8443              | ::1                | 8443
			[2001:db8::1]:8443      | 2001:db8::1        | 8443
			[fe80::1%eth0]:8443     | fe80::1%eth0       | 8443
			[::ffff:192.0.2.1]:8443 | ::ffff:192.0.2.1   | 8443
			""")
	void parseReturnsHostAndPort(String text, String host, int port) {
		assertThat(HostAndPort.ofPeer(text)).isEqualTo(new HostAndPort(host, port));
		assertThat(HostAndPort.ofListener(text)).isEqualTo(new HostAndPort(host, port));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ":", "api.example.com", "api.example.com:", ":8443", "api.example.com:65536",
			"api.example.com:-1", "api.example.com:+1", "api.example.com:0x1F", "api.example.com:99999999999",
			"api.example.com: 8443", "api.example.com:8443 ", " api.example.com:8443", "api.example.com:84\u0664\u0663",
			"[::1", "[::1]", "[::1]8443", "::1:8443", "[::1:8443", "::1]:8443", "[localhost]:8443", "[]:8443",
			"[[::1]]:8443", "[::1%]:8443", "[::1%a b]:8443", "[::1/128]:8443", "192.0.2.1/32:8443", "192.0.2:8443",
			"192.0.2.01:8443", "192.0.2.256:8443", "0x7f000001:8443", "2130706433:8443", "a..b:8443", ".a:8443",
			"a:b:8443", "user@a:8443", "https://a:8443", "a/b:8443", "*:8443", "m\u00fcnchen.de:8443", "a\r\nb:8443",
			"a:8443\r\n", "a\u0000b:8443", "a:84\u000043", "[::1\r\n]:8443" })
	void parseWhenTextIsNoHostAndPortThrows(String text) {
		assertInvalid(() -> HostAndPort.ofPeer(text));
		assertInvalid(() -> HostAndPort.ofListener(text));
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.1, 192.0.2.1:8443", "0:0:0:0:0:0:0:1, [::1]:8443",
			"2001:DB8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:8443", "0:0:0:0:0:0:0:0, [::]:8443" })
	void ofSocketAddressReturnsCanonicalText(String address, String text) throws Exception {
		assertThat(HostAndPort.of(new InetSocketAddress(InetAddress.getByName(address), 8443))).hasToString(text);
	}

	@Test
	void ofSocketAddressKeepsZone() throws Exception {
		InetAddress address = Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 7);
		assertThat(HostAndPort.of(new InetSocketAddress(address, 8443))).hasToString("[fe80::1%7]:8443");
	}

	@Test
	void parseWhenTextIsTooLongThrows() {
		String host = "a.".repeat(125);
		assertThat(HostAndPort.ofPeer(host + ":8443").host()).isEqualTo(host);
		assertInvalid(() -> HostAndPort.ofPeer("a" + host + "a:8443"));
	}

	@Test
	void ofPeerWhenPortIsZeroThrows() {
		assertInvalid(() -> HostAndPort.ofPeer("localhost:0"));
		assertThat(HostAndPort.ofListener("localhost:0").port()).isZero();
	}

	@Test
	void createWhenPartIsInvalidThrows() {
		assertInvalid(() -> new HostAndPort("localhost", -1));
		assertInvalid(() -> new HostAndPort("localhost", 65_536));
		assertInvalid(() -> new HostAndPort("a\nb", 8443));
		assertInvalid(() -> new HostAndPort("[::1]", 8443));
		assertInvalid(() -> new HostAndPort("a.".repeat(128), 8443));
	}

	@Test
	void messageWhenTextIsNotPrintableIsEscaped() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> HostAndPort.ofPeer("a\r\nb:1"))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n").contains("a"));
	}

	@Test
	void toStringHasBracketsAroundIpv6() {
		assertThat(new HostAndPort("::1", 8443)).hasToString("[::1]:8443");
		assertThat(new HostAndPort("localhost", 8443)).hasToString("localhost:8443");
	}

	private static void assertInvalid(Runnable code) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(code::run)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID));
	}

}
