package dev.mtls.address;

import java.net.InetAddress;

/**
 * The text form of IP addresses: dotted decimal for IPv4, RFC 5952 for IPv6.
 */
public final class AddressText {

	private static final int GROUPS = 8;

	private AddressText() {
	}

	/**
	 * Return the canonical text of an address. An IPv4-mapped IPv6 address is written as
	 * its IPv4 address; a host name or zone id that the address carries is left out.
	 * @param address the address
	 * @return the text, such as {@code 10.1.2.3} or {@code 2001:db8::1}
	 */
	public static String of(InetAddress address) {
		byte[] bytes = AddressBytes.of(address);
		return (bytes.length == AddressBytes.IPV4_LENGTH) ? ipv4(bytes) : ipv6(bytes);
	}

	private static String ipv4(byte[] bytes) {
		return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
	}

	private static String ipv6(byte[] bytes) {
		int[] groups = new int[GROUPS];
		for (int i = 0; i < GROUPS; i++) {
			groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
		}
		int zerosStart = -1;
		int zerosLength = 1; // RFC 5952 4.2.2: a single zero group is not shortened
		for (int i = 0; i < GROUPS; i++) {
			int length = zerosAt(groups, i);
			if (length > zerosLength) {
				zerosStart = i;
				zerosLength = length;
			}
		}
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < GROUPS; i++) {
			if (i == zerosStart) {
				text.append("::");
				i += zerosLength - 1;
				continue;
			}
			if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
				text.append(':');
			}
			text.append(Integer.toHexString(groups[i]));
		}
		return text.toString();
	}

	private static int zerosAt(int[] groups, int start) {
		int end = start;
		while (end < GROUPS && groups[end] == 0) {
			end++;
		}
		return end - start;
	}

}
