package dev.mtls.boot.proxyprotocol;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.Cidr;
import dev.mtls.decision.MtlsException;

/**
 * What a connection begins with in versions 1 and 2 of the PROXY protocol (HAProxy,
 * proxy-protocol.txt). The first byte tells the versions apart. Nothing is passed over to
 * find one: what is malformed or exceeds a bound is no header.
 *
 * @param source who connected to the proxy, or {@code null} if the proxy connected for
 * itself (LOCAL), or does not know (UNKNOWN, UNSPEC)
 */
record ProxyHeader(@Nullable InetSocketAddress source) {

	/**
	 * The most bytes that a header may have. Of version 2 it is ours: extensions with a
	 * certificate's name take some hundred.
	 */
	static final int MAX_LENGTH = 4096;

	private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);

	// Section 2.1: the longest line, its end included
	private static final int MAX_TEXT = 107;

	private static final byte[] BINARY = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };

	private static final int BINARY_PREFIX = 16;

	private static final int VERSION_2 = 2;

	private static final int LOCAL = 0;

	private static final int PROXY = 1;

	private static final int UNSPEC = 0x00;

	private static final int TCP_OVER_IPV4 = 0x11;

	private static final int TCP_OVER_IPV6 = 0x21;

	private static final Pattern IPV4 = Pattern.compile("[0-9.]{7,15}");

	private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.:]{2,39}");

	private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

	/**
	 * Read a header.
	 * @param bytes what has come so far; what was read is consumed
	 * @return the header, or {@code null} if there has to come more, and nothing is
	 * consumed
	 * @throws MalformedHeaderException if it is none
	 */
	static @Nullable ProxyHeader read(ByteBuffer bytes) throws MalformedHeaderException {
		if (!bytes.hasRemaining()) {
			return null;
		}
		boolean binary = bytes.get(bytes.position()) == BINARY[0];
		byte[] start = binary ? BINARY : TEXT;
		int length = Math.min(start.length, bytes.remaining());
		for (int i = 0; i < length; i++) {
			if (bytes.get(bytes.position() + i) != start[i]) {
				throw new MalformedHeaderException("it does not begin with a header of the PROXY protocol");
			}
		}
		return binary ? readBinary(bytes) : readText(bytes);
	}

	private static @Nullable ProxyHeader readText(ByteBuffer bytes) throws MalformedHeaderException {
		int available = Math.min(bytes.remaining(), MAX_TEXT);
		byte[] line = new byte[available];
		bytes.get(bytes.position(), line);
		String text = new String(line, StandardCharsets.ISO_8859_1);
		int end = text.indexOf('\n');
		if (end < 0) {
			if (available == MAX_TEXT) {
				throw new MalformedHeaderException("the line is longer than %d bytes".formatted(MAX_TEXT));
			}
			return null;
		}
		if (text.charAt(end - 1) != '\r') {
			throw new MalformedHeaderException("the line does not end with CR LF");
		}
		ProxyHeader header = new ProxyHeader(source(text.substring(0, end - 1).split(" ", -1)));
		bytes.position(bytes.position() + end + 1);
		return header;
	}

	private static @Nullable InetSocketAddress source(String[] fields) throws MalformedHeaderException {
		if (fields[1].equals("UNKNOWN")) {
			return null;
		}
		boolean ipv4 = fields[1].equals("TCP4");
		if ((!ipv4 && !fields[1].equals("TCP6")) || fields.length != 6) {
			throw new MalformedHeaderException("the line is not of the form PROXY TCP4 source destination port port");
		}
		InetAddress source = address(fields[2], ipv4);
		address(fields[3], ipv4);
		port(fields[5]);
		return new InetSocketAddress(source, port(fields[4]));
	}

	private static InetAddress address(String text, boolean ipv4) throws MalformedHeaderException {
		try {
			if ((ipv4 ? IPV4 : IPV6).matcher(text).matches()) {
				InetAddress address = Cidr.parse(text).network();
				// An IPv4-mapped IPv6 address is its IPv4 address
				if (ipv4 ? address instanceof Inet4Address : text.indexOf(':') != -1) {
					return address;
				}
			}
		}
		catch (MtlsException ex) {
			throw new MalformedHeaderException("an address is none");
		}
		throw new MalformedHeaderException("an address is none of its family");
	}

	private static int port(String text) throws MalformedHeaderException {
		if (!PORT.matcher(text).matches() || Integer.parseInt(text) > 0xffff) {
			throw new MalformedHeaderException("a port is none");
		}
		return Integer.parseInt(text);
	}

	private static @Nullable ProxyHeader readBinary(ByteBuffer bytes) throws MalformedHeaderException {
		if (bytes.remaining() < BINARY_PREFIX) {
			return null;
		}
		ByteBuffer header = bytes.duplicate();
		header.position(header.position() + BINARY.length);
		int versionAndCommand = header.get() & 0xff;
		int command = versionAndCommand & 0xf;
		int family = header.get() & 0xff;
		int length = header.getShort() & 0xffff;
		if (versionAndCommand >> 4 != VERSION_2 || (command != LOCAL && command != PROXY)) {
			throw new MalformedHeaderException("the version or command is unknown");
		}
		if (length > MAX_LENGTH - BINARY_PREFIX) {
			throw new MalformedHeaderException("it is longer than %d bytes".formatted(MAX_LENGTH));
		}
		if (header.remaining() < length) {
			return null;
		}
		ProxyHeader read = new ProxyHeader((command == LOCAL) ? null : source(header, family, length));
		bytes.position(bytes.position() + BINARY_PREFIX + length);
		return read;
	}

	// Source, destination, source port, destination port; extensions follow
	private static @Nullable InetSocketAddress source(ByteBuffer header, int family, int length)
			throws MalformedHeaderException {
		if (family == UNSPEC) {
			return null;
		}
		if (family != TCP_OVER_IPV4 && family != TCP_OVER_IPV6) {
			throw new MalformedHeaderException("the family is not TCP over IPv4 or IPv6");
		}
		byte[] source = new byte[(family == TCP_OVER_IPV4) ? 4 : 16];
		if (length < 2 * source.length + 4) {
			throw new MalformedHeaderException("it is too short for its addresses");
		}
		header.get(source);
		header.position(header.position() + source.length);
		return new InetSocketAddress(address(source), header.getShort() & 0xffff);
	}

	private static InetAddress address(byte[] bytes) throws MalformedHeaderException {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new MalformedHeaderException("an address is none");
		}
	}

}
