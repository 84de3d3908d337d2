package dev.mtls.address;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.PrintableText;
import dev.mtls.decision.Reason;

/**
 * Parses one network. The JDK's own parser is no help: it looks host names up, and takes
 * {@code 10.1}, {@code 010.0.0.1} and {@code ::00001}.
 */
final class CidrParser {

	private static final int MAX_QUOTED = 100;

	private final String text;

	CidrParser(String text) {
		this.text = text;
	}

	Cidr parse() {
		int slash = this.text.indexOf('/');
		int addressEnd = (slash != -1) ? slash : this.text.length();
		byte[] bytes = (this.text.indexOf(':') != -1) ? ipv6(addressEnd) : ipv4(0, addressEnd);
		if (bytes == null) {
			throw invalid("It is not an IP address or network",
					"Write an address such as 192.168.1.100 or 2001:db8::1, or a network such as 10.0.0.0/8; "
							+ "host names and zone ids are not accepted");
		}
		int prefixLength = (slash != -1) ? prefixLength(slash + 1, bytes.length * Byte.SIZE) : bytes.length * Byte.SIZE;
		if (AddressBytes.isMapped(bytes)) {
			if (prefixLength < AddressBytes.MAPPED_PREFIX_LENGTH) {
				throw invalid("The prefix of an IPv4-mapped network is shorter than 96",
						"Write the IPv4 network, such as 10.0.0.0/8");
			}
			bytes = Arrays.copyOfRange(bytes, AddressBytes.MAPPED_PREFIX_LENGTH / Byte.SIZE, bytes.length);
			prefixLength -= AddressBytes.MAPPED_PREFIX_LENGTH;
		}
		byte[] masked = AddressBytes.masked(bytes, prefixLength);
		Cidr network = new Cidr(AddressBytes.toAddress(masked), prefixLength);
		if (!Arrays.equals(bytes, masked)) {
			throw invalid("It has bits set behind its prefix",
					"Write %s, or the single address without a prefix".formatted(network));
		}
		return network;
	}

	private int prefixLength(int start, int max) {
		int value = decimal(start, this.text.length());
		if (value == -1 || value > max) {
			throw invalid("The prefix length is not a number from 0 to " + max, "Write it in decimal digits");
		}
		return value;
	}

	// RFC 3986 3.2.2: four decimal numbers without leading zeros, which some read as
	// octal
	private byte @Nullable [] ipv4(int start, int end) {
		byte[] bytes = new byte[AddressBytes.IPV4_LENGTH];
		int partStart = start;
		for (int i = 0; i < bytes.length; i++) {
			int dot = this.text.indexOf('.', partStart);
			int partEnd = (dot != -1 && dot < end) ? dot : end;
			int value = decimal(partStart, partEnd);
			boolean last = i == bytes.length - 1;
			if (value == -1 || value > 255 || last != (partEnd == end)) {
				return null;
			}
			bytes[i] = (byte) value;
			partStart = partEnd + 1;
		}
		return bytes;
	}

	// RFC 4291 2.2: eight groups of one to four hexadecimal digits, "::" once for one or
	// more groups of zeros, the last two groups possibly written as an IPv4 address
	private byte @Nullable [] ipv6(int end) {
		byte[] bytes = new byte[AddressBytes.IPV6_LENGTH];
		int filled = 0;
		int zerosAt = -1;
		int position = 0;
		if (this.text.startsWith("::")) {
			zerosAt = 0;
			position = 2;
		}
		while (position < end) {
			int groupEnd = groupEnd(position, end);
			if (groupEnd < end && this.text.charAt(groupEnd) == '.') {
				byte[] ipv4 = ipv4(position, end);
				if (ipv4 == null || filled > bytes.length - ipv4.length) {
					return null;
				}
				System.arraycopy(ipv4, 0, bytes, filled, ipv4.length);
				filled += ipv4.length;
				break;
			}
			if (groupEnd == position || groupEnd > position + 4 || filled == bytes.length) {
				return null;
			}
			int group = Integer.parseInt(this.text, position, groupEnd, 16);
			bytes[filled++] = (byte) (group >>> 8);
			bytes[filled++] = (byte) group;
			if (groupEnd == end) {
				break;
			}
			position = groupEnd + 1;
			if (this.text.charAt(groupEnd) != ':' || position == end) {
				return null;
			}
			if (this.text.charAt(position) == ':') {
				if (zerosAt != -1) {
					return null;
				}
				zerosAt = filled;
				position++;
			}
		}
		return spread(bytes, filled, zerosAt);
	}

	private static byte @Nullable [] spread(byte[] bytes, int filled, int zerosAt) {
		if ((filled == bytes.length) != (zerosAt == -1)) {
			return null;
		}
		if (zerosAt != -1) {
			int moved = filled - zerosAt;
			System.arraycopy(bytes, zerosAt, bytes, bytes.length - moved, moved);
			Arrays.fill(bytes, zerosAt, bytes.length - moved, (byte) 0);
		}
		return bytes;
	}

	private int groupEnd(int start, int end) {
		int position = start;
		while (position < end && isHexDigit(this.text.charAt(position))) {
			position++;
		}
		return position;
	}

	// One to three ASCII digits without a leading zero; -1 for anything else
	private int decimal(int start, int end) {
		int length = end - start;
		if (length < 1 || length > 3 || (length > 1 && this.text.charAt(start) == '0')) {
			return -1;
		}
		int value = 0;
		for (int i = start; i < end; i++) {
			char digit = this.text.charAt(i);
			if (digit < '0' || digit > '9') {
				return -1;
			}
			value = 10 * value + digit - '0';
		}
		return value;
	}

	private static boolean isHexDigit(char character) {
		return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f')
				|| (character >= 'A' && character <= 'F');
	}

	private MtlsException invalid(String problem, String fix) {
		String place = this.text.isBlank() ? "(empty network)" : PrintableText.of(this.text, MAX_QUOTED);
		return new MtlsException(Reason.RULE_INVALID, place, problem, fix);
	}

}
