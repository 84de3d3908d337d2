package dev.mtls.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An address as its 4 or 16 bytes, without name or zone.
 */
final class AddressBytes {

	static final int IPV4_LENGTH = 4;

	static final int IPV6_LENGTH = 16;

	/**
	 * The number of bits before the IPv4 address in an IPv4-mapped IPv6 address.
	 */
	static final int MAPPED_PREFIX_LENGTH = 96;

	private AddressBytes() {
	}

	static byte[] of(InetAddress address) {
		byte[] bytes = address.getAddress();
		return isMapped(bytes) ? Arrays.copyOfRange(bytes, IPV6_LENGTH - IPV4_LENGTH, IPV6_LENGTH) : bytes;
	}

	/**
	 * Whether the address is an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2). The JDK
	 * turns those into {@link Inet4Address}, but not the ones that come with a zone.
	 * @param bytes the bytes of an address of either family
	 * @return {@code true} if it stands for an IPv4 address
	 */
	static boolean isMapped(byte[] bytes) {
		if (bytes.length != IPV6_LENGTH || bytes[10] != (byte) 0xff || bytes[11] != (byte) 0xff) {
			return false;
		}
		for (int i = 0; i < 10; i++) {
			if (bytes[i] != 0) {
				return false;
			}
		}
		return true;
	}

	static byte[] masked(byte[] bytes, int prefixLength) {
		byte[] masked = bytes.clone();
		for (int i = 0; i < masked.length; i++) {
			int kept = Math.max(0, Math.min(Byte.SIZE, prefixLength - i * Byte.SIZE));
			masked[i] &= (byte) (0xff << (Byte.SIZE - kept));
		}
		return masked;
	}

	static InetAddress toAddress(byte[] bytes) {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("An address has 4 or 16 bytes, not " + bytes.length, ex);
		}
	}

}
