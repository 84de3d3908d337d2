package dev.mtls.cli.tunnel;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A header of the PROXY protocol, version 2, as section 2.2 of its specification has it.
 *
 * @param family the address family and transport: 0x11 is TCP over IPv4, 0x21 over IPv6,
 * and 0x00 says nothing
 * @param source the address and port of the client, or nothing
 * @param destination the address and port that it connected to, or nothing
 * @param values the types and values that follow the addresses
 */
record ProxyHeaderBytes(int family, String source, String destination, Map<Integer, byte[]> values) {

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	private static final int VERSION_2_PROXY = 0x21;

	/**
	 * Read the header, and nothing after it.
	 * @param input what a target receives
	 * @return the header
	 * @throws IOException if it does not come
	 */
	static ProxyHeaderBytes read(DataInputStream input) throws IOException {
		assertThat(HexFormat.of().formatHex(input.readNBytes(12))).isEqualTo(SIGNATURE);
		assertThat(input.readUnsignedByte()).isEqualTo(VERSION_2_PROXY);
		int family = input.readUnsignedByte();
		ByteBuffer rest = ByteBuffer.wrap(input.readNBytes(input.readUnsignedShort()));
		int length = switch (family) {
			case 0x11 -> 4;
			case 0x21 -> 16;
			default -> 0;
		};
		String source = address(rest, length);
		String destination = address(rest, length);
		String sourcePort = port(rest, length);
		String destinationPort = port(rest, length);
		return new ProxyHeaderBytes(family, source + sourcePort, destination + destinationPort, values(rest));
	}

	/**
	 * The values within that of type 0x20, PP2_TYPE_SSL, behind its bits and its result
	 * (section 2.2.6).
	 * @return the types and values
	 */
	Map<Integer, byte[]> tls() {
		return values(tlsValue().position(5).slice());
	}

	/**
	 * One of those values as text.
	 * @param type the type
	 * @return the text
	 */
	String tlsText(int type) {
		return new String(Objects.requireNonNull(tls().get(type), "It is not there"), StandardCharsets.UTF_8);
	}

	/**
	 * The bits of type 0x20: 1 is TLS, 2 a certificate on this connection, 4 one in its
	 * session.
	 * @return the bits
	 */
	int tlsBits() {
		return tlsValue().get(0);
	}

	/**
	 * What the check of the certificate came to, where 0 is success.
	 * @return the result
	 */
	int verified() {
		return tlsValue().getInt(1);
	}

	private ByteBuffer tlsValue() {
		return ByteBuffer.wrap(Objects.requireNonNull(this.values.get(0x20), "Nothing is said about TLS"));
	}

	private static String address(ByteBuffer rest, int length) throws IOException {
		byte[] address = new byte[length];
		rest.get(address);
		return (length > 0) ? InetAddress.getByAddress(address).getHostAddress() : "";
	}

	private static String port(ByteBuffer rest, int length) {
		return (length > 0) ? " " + Short.toUnsignedInt(rest.getShort()) : "";
	}

	private static Map<Integer, byte[]> values(ByteBuffer rest) {
		Map<Integer, byte[]> values = new HashMap<>();
		while (rest.hasRemaining()) {
			int type = Byte.toUnsignedInt(rest.get());
			byte[] value = new byte[Short.toUnsignedInt(rest.getShort())];
			rest.get(value);
			assertThat(values.put(type, value)).as("Type %x comes twice", type).isNull();
		}
		return values;
	}

}
