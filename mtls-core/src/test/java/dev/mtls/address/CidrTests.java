package dev.mtls.address;

import java.net.Inet6Address;
import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Cidr}.
 */
class CidrTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.0.0.0/8", "192.168.1.100, 192.168.1.100/32", "192.168.1.100/32, 192.168.1.100/32",
			"0.0.0.0/0, 0.0.0.0/0", "255.255.255.255, 255.255.255.255/32", "128.0.0.0/1, 128.0.0.0/1",
			"2001:db8::/32, 2001:db8::/32", "::1, ::1/128", "::, ::/128", "::/0, ::/0",
			"2001:DB8:0:0:0:0:0:0/32, 2001:db8::/32", "2001:0db8:0000::0001, 2001:db8::1/128",
			"1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0/128", "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8/128",
			"1:0:0:4:0:0:0:8, 1:0:0:4::8/128", "1:0:0:4:5:0:0:8, 1::4:5:0:0:8/128",
			"1:2:3:4:5:6:7.8.9.10, 1:2:3:4:5:6:708:90a/128", "::10.1.2.3, ::a01:203/128",
			"64:ff9b::192.0.2.1, 64:ff9b::c000:201/128",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff," + "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
			"fe80::/10, fe80::/10" })
	void parseWhenNetworkReturnsItsCanonicalForm(String text, String canonical) {
		Cidr network = Cidr.parse(text);
		assertThat(network).hasToString(canonical);
		assertThat(Cidr.parse(canonical)).isEqualTo(network).hasSameHashCodeAs(network);
	}

	@ParameterizedTest
	@CsvSource({ "::ffff:10.1.2.3, 10.1.2.3/32", "::ffff:a01:203, 10.1.2.3/32", "::FFFF:10.0.0.0/104, 10.0.0.0/8",
			"0:0:0:0:0:ffff:10.1.2.3/128, 10.1.2.3/32", "::ffff:0:0/96, 0.0.0.0/0", "::ffff:0.0.0.0/96, 0.0.0.0/0" })
	void parseWhenIpv4MappedReturnsIpv4(String text, String canonical) {
		assertThat(Cidr.parse(text)).hasToString(canonical).isEqualTo(Cidr.parse(canonical));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "/", "/8", "10.0.0.0/", "localhost", "example.com", "example.com/8", "10", "10.1",
			"10.1.2", "10.1.2.", ".10.1.2", "10..1.2", "10.1.2.3.", "10.1.2.3.4", "10.1.2.256", "10.1.2.1000",
			"010.0.0.1", "10.0.0.01", "00.0.0.0", "0x0a.1.2.3", "0x0a000001", "167772161", "10.1.2.-3", "+10.1.2.3",
			"10.1.2.3 ", " 10.1.2.3", "10.1.2.3\n", "10.1.2.3\0", "10.1.2. 3", "10.1.2.a", "\u0661\u0660.1.2.3",
			"10.1.2.\u0663", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/00", "10.0.0.0/33",
			"10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0/0x8", "10.0.0.0/4294967304", "10.0.0.0/255.0.0.0", "10.0.0.0\\8",
			"10.0.0.0-10.0.0.9", "10.0.0.*", "10.1.2.3:443", "[::1]", "[::1]:443", "::1%eth0", "::1%1",
			"fe80::1%eth0/64", "fe80::%1/10", ":", ":::", "1:", ":1", "1::2::3", "1:::2", "::1:", ":1::",
			"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8",
			"12345::", "00001::", "::00001", "g::", "::-1", "::+1", "::0x1", "::\uff11", "2001:db8::/129",
			"2001:db8::/-1", "2001:db8::/032", "2001:db8::/", "::/1000", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4",
			"::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::1.2.3.256", "::1.2.3.4:5", "1.2.3.4::", "::ffff:010.1.2.3",
			"::ffff:10.1", "::ffff:10.1.2.3%1" })
	void parseWhenNoNetworkThrows(String text) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Cidr.parse(text))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.1/8, 10.0.0.0/8", "255.255.255.255/0, 0.0.0.0/0", "192.168.1.1/31, 192.168.1.0/31",
			"2001:db8::1/32, 2001:db8::/32", "2001:db8:8000::/32, 2001:db8::/32", "::1/127, ::/127", "::1/64, ::/64",
			"::ffff:10.1.2.3/104, 10.0.0.0/8" })
	void parseWhenHostBitsSetThrowsWithCorrectedForm(String text, String corrected) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Cidr.parse(text))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID))
			.withMessageContainingAll(text, "Write %s,".formatted(corrected));
	}

	@ParameterizedTest
	@ValueSource(strings = { "::ffff:0:0/95", "::ffff:10.0.0.0/8", "::ffff:0:0/0" })
	void parseWhenIpv4MappedWithShortPrefixThrows(String text) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Cidr.parse(text))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.RULE_INVALID))
			.withMessageContaining("shorter than 96");
	}

	@Test
	void parseWhenTextIsHugeThrowsBoundedMessage() {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> Cidr.parse("1".repeat(1_000_000)))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(400));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0, -1", "10.0.0.0, 33", "10.0.0.0, 6", "10.0.0.1, 31", "::, 129", "::, -1", "::1, 127",
			"2001:db8::, 28" })
	void createWhenPrefixLengthDoesNotFitThrows(String address, int prefixLength) throws Exception {
		InetAddress network = InetAddress.getByName(address);
		assertThatIllegalArgumentException().isThrownBy(() -> new Cidr(network, prefixLength));
	}

	@Test
	void createWhenAddressHasNameAndZoneDropsThem() throws Exception {
		InetAddress named = InetAddress.getByAddress("peer.example.com", new byte[] { 10, 1, 2, 3 });
		assertThat(new Cidr(named, 32).network().toString()).isEqualTo("/10.1.2.3");
		InetAddress zoned = zoned("fe80::1");
		assertThat(new Cidr(zoned, 128).network().getHostAddress()).isEqualTo("fe80:0:0:0:0:0:0:1");
	}

	@Test
	void createWhenIpv4MappedBecomesIpv4() throws Exception {
		assertThat(new Cidr(mapped(10, 1, 2, 3), 128)).isEqualTo(Cidr.parse("10.1.2.3"));
		assertThat(new Cidr(mapped(10, 0, 0, 0), 104)).isEqualTo(Cidr.parse("10.0.0.0/8"));
		InetAddress network = mapped(0, 0, 0, 0);
		assertThatIllegalArgumentException().isThrownBy(() -> new Cidr(network, 95));
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.0.0.0, true", "10.0.0.0/8, 10.255.255.255, true", "10.0.0.0/8, 9.255.255.255, false",
			"10.0.0.0/8, 11.0.0.0, false", "10.0.0.0/9, 10.127.255.255, true", "10.0.0.0/9, 10.128.0.0, false",
			"192.168.1.100, 192.168.1.100, true", "192.168.1.100, 192.168.1.101, false",
			"0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, ::1, false", "::/0, 10.1.2.3, false",
			"::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true", "2001:db8::/33, 2001:db8:7fff::, true",
			"2001:db8::/33, 2001:db8:8000::, false", "::a01:203, 10.1.2.3, false" })
	void containsReturnsWhetherAddressHasPrefix(String network, String address, boolean contained) throws Exception {
		assertThat(Cidr.parse(network).contains(InetAddress.getByName(address))).isEqualTo(contained);
	}

	@Test
	void containsWhenIpv4MappedOrZonedLooksAtAddressAlone() throws Exception {
		assertThat(Cidr.parse("10.0.0.0/8").contains(mapped(10, 1, 2, 3))).isTrue();
		assertThat(Cidr.parse("::/0").contains(mapped(10, 1, 2, 3))).isFalse();
		assertThat(Cidr.parse("fe80::/10").contains(zoned("fe80::1"))).isTrue();
	}

	static InetAddress mapped(int... ipv4) throws Exception {
		byte[] bytes = new byte[16];
		bytes[10] = (byte) 0xff;
		bytes[11] = (byte) 0xff;
		for (int i = 0; i < ipv4.length; i++) {
			bytes[12 + i] = (byte) ipv4[i];
		}
		InetAddress address = Inet6Address.getByAddress(null, bytes, 0);
		assertThat(address).isInstanceOf(Inet6Address.class);
		return address;
	}

	static InetAddress zoned(String address) throws Exception {
		return Inet6Address.getByAddress(null, InetAddress.getByName(address).getAddress(), 1);
	}

}
