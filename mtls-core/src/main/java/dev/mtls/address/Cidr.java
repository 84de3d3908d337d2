package dev.mtls.address;

import java.net.InetAddress;
import java.util.Arrays;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * A network: an address and the number of its leading bits that all members share (RFC
 * 4632, RFC 4291 2.3). An IPv4-mapped IPv6 network is its IPv4 network.
 *
 * @param network the lowest address of the network; kept without host name and zone id
 * @param prefixLength the number of shared leading bits, 0 to 32 for IPv4 and 0 to 128
 * for IPv6
 */
public record Cidr(InetAddress network, int prefixLength) {

	/**
	 * Create a network.
	 * @throws IllegalArgumentException if the prefix length does not fit the address, or
	 * the address has bits set behind it
	 */
	public Cidr {
		byte[] bytes = AddressBytes.of(network);
		prefixLength -= (network.getAddress().length - bytes.length) * Byte.SIZE;
		if (prefixLength < 0 || prefixLength > bytes.length * Byte.SIZE) {
			throw new IllegalArgumentException("The prefix length does not fit " + AddressText.of(network));
		}
		if (!Arrays.equals(bytes, AddressBytes.masked(bytes, prefixLength))) {
			throw new IllegalArgumentException(
					"%s has bits set behind its prefix of %d".formatted(AddressText.of(network), prefixLength));
		}
		network = AddressBytes.toAddress(bytes);
	}

	/**
	 * Parse {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address such as
	 * {@code 192.168.1.100} or {@code ::1}. Nothing is ever looked up: only IPv4 in four
	 * decimal parts without leading zeros and IPv6 as RFC 4291 2.2 writes it are
	 * addresses.
	 * @param text the text
	 * @return the network
	 * @throws MtlsException with {@link Reason#RULE_INVALID} if the text is no network,
	 * or has bits set behind the prefix, in which case the message holds the corrected
	 * form
	 */
	public static Cidr parse(String text) {
		return new CidrParser(text).parse();
	}

	/**
	 * Whether the address belongs to the network. An IPv4-mapped IPv6 address is its IPv4
	 * address, a zone id is ignored, and no address belongs to a network of the other
	 * family.
	 * @param address the address
	 * @return {@code true} if it belongs to the network
	 */
	public boolean contains(InetAddress address) {
		return Arrays.equals(this.network.getAddress(),
				AddressBytes.masked(AddressBytes.of(address), this.prefixLength));
	}

	/**
	 * Return the canonical text, with the prefix length also for a single address.
	 * @return the text, such as {@code 10.0.0.0/8} or, by RFC 5952, {@code 2001:db8::/32}
	 */
	@Override
	public String toString() {
		return AddressText.of(this.network) + "/" + this.prefixLength;
	}

}
