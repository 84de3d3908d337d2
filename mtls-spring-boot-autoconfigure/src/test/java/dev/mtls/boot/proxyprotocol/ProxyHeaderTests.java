package dev.mtls.boot.proxyprotocol;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.address.AddressText;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProxyHeader}.
 */
class ProxyHeaderTests {

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			PROXY TCP4 192.0.2.1 198.51.100.1 56324 443                 | 192.0.2.1   | 56324
			PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535      | 255.255.255.255 | 65535
			PROXY TCP4 0.0.0.0 0.0.0.0 0 0                              | 0.0.0.0     | 0
			PROXY TCP6 2001:db8::1 2001:db8::2 1 443                    | 2001:db8::1 | 1
			PROXY TCP6 ::ffff:192.0.2.1 ::1 1 443                       | 192.0.2.1   | 1
			""")
	void readWhenTextTellsAnAddressReturnsIt(String line, String address, int port) throws Exception {
		assertSource(read(line + "\r\n"), address, port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n",
			"PROXY UNKNOWN whatever this is\r\n" })
	void readWhenTextIsOfAnUnknownPeerReturnsNoAddress(String line) throws Exception {
		ProxyHeader header = read(line);
		assertThat(header).isNotNull().extracting(ProxyHeader::source).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n", "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "\u0016\u0003\u0001",
			"PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n", "PROXY\r\n",
			"PROXY \r\n", "PROXY \n", "PROXY TCP4\r\n", "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
			"PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
			"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
			"PROXY TCP4 192.0.2.1  192.0.2.2 1 2\r\n", "PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n",
			"PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
			"PROXY TCP4 3221225985 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1/32 192.0.2.2 1 2\r\n",
			"PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", "PROXY TCP4 0xc0.0.2.1 192.0.2.2 1 2\r\n",
			"PROXY TCP4 localhost 192.0.2.2 1 2\r\n", "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
			"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP6 2001:db8::1%eth0 2001:db8::2 1 2\r\n",
			"PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n", "PROXY TCP6 2001:db8::1 2001:db8:::2 1 2\r\n",
			"PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
			"PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 +2\r\n",
			"PROXY TCP4 192.0.2.1 192.0.2.2 1 two\r\n" })
	void readWhenTextIsMalformedThrows(String line) {
		assertThatExceptionOfType(MalformedHeaderException.class).isThrownBy(() -> read(line));
	}

	@Test
	void readWhenTextIsLongerThanItMayBeThrows() throws Exception {
		String line = "PROXY UNKNOWN ";
		assertThat(read(line + "x".repeat(105 - line.length()) + "\r\n")).isNotNull();
		assertThatExceptionOfType(MalformedHeaderException.class)
			.isThrownBy(() -> read(line + "x".repeat(106 - line.length()) + "\r\n"));
		assertThatExceptionOfType(MalformedHeaderException.class)
			.isThrownBy(() -> read(line + "x".repeat(107 - line.length())));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					2111000c c0000201c6336401dc0401bb                                                         | 192.0.2.1   | 56324
					21110013 c0000201c6336401dc0401bb04000461626364                                           | 192.0.2.1   | 56324
					21210024 20010db800000000000000000000000120010db8000000000000000000000002 dc04 01bb       | 2001:db8::1 | 56324
					21210024 00000000000000000000ffffc000020100000000000000000000ffffc0000202 dc04 01bb       | 192.0.2.1   | 56324
					""")
	void readWhenBinaryTellsAnAddressReturnsIt(String hex, String address, int port) throws Exception {
		assertSource(ProxyHeader.read(binary(hex)), address, port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "20000000", "2011000c c0000201c6336401dc0401bb", "20000003 ffffff", "20ff0000", "21000000",
			"21000004 01020304" })
	void readWhenBinaryIsOfTheProxyItselfReturnsNoAddress(String hex) throws Exception {
		ProxyHeader header = ProxyHeader.read(binary(hex));
		assertThat(header).isNotNull().extracting(ProxyHeader::source).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "1111000c c0000201c6336401dc0401bb", "3111000c c0000201c6336401dc0401bb",
			"2211000c c0000201c6336401dc0401bb", "2f11000c c0000201c6336401dc0401bb",
			"2112000c c0000201c6336401dc0401bb", "2110000c c0000201c6336401dc0401bb",
			"2101000c c0000201c6336401dc0401bb", "2131000c c0000201c6336401dc0401bb",
			"2141000c c0000201c6336401dc0401bb", "2111000b c0000201c6336401dc0401", "21110000",
			"2121000c c0000201c6336401dc0401bb", "2111ffff", "21110ff1" })
	void readWhenBinaryIsMalformedThrows(String hex) {
		assertThatExceptionOfType(MalformedHeaderException.class).isThrownBy(() -> ProxyHeader.read(binary(hex)));
	}

	@Test
	void readWhenBinaryHasAnotherSignatureThrows() {
		byte[] bytes = HexFormat.of().parseHex("0d0a0d0a000d0a515549540b2111000cc0000201c6336401dc0401bb");
		assertThatExceptionOfType(MalformedHeaderException.class)
			.isThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(bytes)));
	}

	@Test
	void readWhenBinaryIsAsLongAsItMayBeReturnsIt() throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(HexFormat.of().parseHex(SIGNATURE + "21110ff0" + "c0000201c6336401dc0401bb"));
		bytes.write(new byte[0xff0 - 12]);
		assertThat(bytes.size()).isEqualTo(ProxyHeader.MAX_LENGTH);
		assertSource(ProxyHeader.read(ByteBuffer.wrap(bytes.toByteArray())), "192.0.2.1", 56324);
	}

	@Test
	void readWhenThereHasToComeMoreConsumesNothing() throws Exception {
		assertWantsMore("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.US_ASCII));
		assertWantsMore(binary("21110013 c0000201c6336401dc0401bb04000461626364").array());
	}

	@Test
	void readConsumesTheHeaderAlone() throws Exception {
		ByteBuffer bytes = ByteBuffer.wrap(
				"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nPROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII));
		ProxyHeader.read(bytes);
		assertThat(StandardCharsets.US_ASCII.decode(bytes).toString()).isEqualTo("PROXY UNKNOWN\r\n");
		ByteBuffer binary = binary("2111000c c0000201c6336401dc0401bb 160301");
		ProxyHeader.read(binary);
		assertThat(binary.remaining()).isEqualTo(3);
	}

	private static void assertWantsMore(byte[] header) throws Exception {
		for (int length = 0; length < header.length; length++) {
			ByteBuffer bytes = ByteBuffer.wrap(header, 0, length);
			assertThat(ProxyHeader.read(bytes)).as("the first %d bytes", length).isNull();
			assertThat(bytes.remaining()).isEqualTo(length);
		}
		assertThat(ProxyHeader.read(ByteBuffer.wrap(header))).isNotNull();
	}

	private static void assertSource(@Nullable ProxyHeader header, String address, int port) {
		InetSocketAddress source = Objects.requireNonNull(Objects.requireNonNull(header).source());
		assertThat(AddressText.of(source.getAddress())).isEqualTo(address);
		assertThat(source.getPort()).isEqualTo(port);
	}

	private static @Nullable ProxyHeader read(String text) throws MalformedHeaderException {
		return ProxyHeader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
	}

	private static ByteBuffer binary(String hex) {
		return ByteBuffer.wrap(HexFormat.of().parseHex(SIGNATURE + hex.replace(" ", "")));
	}

}
