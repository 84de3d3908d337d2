package dev.mtls.address;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.function.IntFunction;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * An immutable set of addresses, made of any number of networks. Networks that overlap or
 * touch are merged into ranges; a range takes 8 bytes for IPv4 and 32 bytes for IPv6, and
 * each family adds a fixed 256 KiB once it has about a thousand of them. A set that holds
 * only one family contains no address of the other.
 */
public final class AddressSet {

	private static final int MAX_SHOWN = 10;

	private final Ipv4Ranges ipv4;

	private final Ipv6Ranges ipv6;

	private AddressSet(Ipv4Ranges ipv4, Ipv6Ranges ipv6) {
		this.ipv4 = ipv4;
		this.ipv6 = ipv6;
	}

	/**
	 * Create a set of the networks.
	 * @param networks the networks, in any order
	 * @return the set
	 */
	public static AddressSet of(Collection<Cidr> networks) {
		Builder builder = builder();
		networks.forEach(builder::add);
		return builder.build();
	}

	/**
	 * Start a set whose networks come one by one.
	 * @return a builder without networks
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Whether the address belongs to one of the networks. An IPv4-mapped IPv6 address is
	 * its IPv4 address, and a zone id is ignored. Nothing is allocated but, for IPv6, the
	 * 32 bytes of the copy that is the only way to the bytes of an
	 * {@link java.net.Inet6Address}.
	 * @param address the address
	 * @return {@code true} if it belongs to one of them
	 */
	public boolean contains(InetAddress address) {
		if (address instanceof Inet4Address ipv4Address) {
			return this.ipv4.contains(bits(ipv4Address));
		}
		byte[] bytes = address.getAddress();
		if (AddressBytes.isMapped(bytes)) {
			return this.ipv4.contains(Ipv4Ranges.bits(bytes, AddressBytes.MAPPED_PREFIX_LENGTH / Byte.SIZE));
		}
		return this.ipv6.contains(bytes);
	}

	/**
	 * Whether the set contains no address.
	 * @return {@code true} if no network was added
	 */
	public boolean isEmpty() {
		return size() == 0;
	}

	/**
	 * The number of ranges, which is at most the number of networks that were added.
	 * @return the number of ranges of both families
	 */
	public int size() {
		return this.ipv4.size() + this.ipv6.size();
	}

	// So small that it is always compiled together with getAddress(), which then
	// allocates
	// nothing, however rare IPv4 is among the callers
	private static int bits(Inet4Address address) {
		return Ipv4Ranges.bits(address.getAddress(), 0);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof AddressSet set && this.ipv4.equals(set.ipv4) && this.ipv6.equals(set.ipv6);
	}

	@Override
	public int hashCode() {
		return 31 * this.ipv4.hashCode() + this.ipv6.hashCode();
	}

	/**
	 * Return the first ranges, and how many more there are.
	 */
	@Override
	public String toString() {
		StringJoiner text = new StringJoiner(", ", "[", "]");
		int shown = Math.min(MAX_SHOWN, size());
		for (int i = 0; i < shown; i++) {
			text.add((i < this.ipv4.size()) ? range(this.ipv4::start, this.ipv4::end, i)
					: range(this.ipv6::start, this.ipv6::end, i - this.ipv4.size()));
		}
		if (shown < size()) {
			text.add("and %d more".formatted(size() - shown));
		}
		return text.toString();
	}

	private static String range(IntFunction<InetAddress> starts, IntFunction<InetAddress> ends, int position) {
		InetAddress start = starts.apply(position);
		InetAddress end = ends.apply(position);
		BigInteger first = new BigInteger(1, start.getAddress());
		BigInteger differing = first.xor(new BigInteger(1, end.getAddress()));
		boolean network = differing.and(differing.add(BigInteger.ONE)).signum() == 0
				&& first.and(differing).signum() == 0;
		if (!network) {
			return AddressText.of(start) + "-" + AddressText.of(end);
		}
		return new Cidr(start, start.getAddress().length * Byte.SIZE - differing.bitLength()).toString();
	}

	/**
	 * Collects networks without keeping an object for each. Not safe for use by several
	 * threads.
	 */
	public static final class Builder {

		private final Ipv4Ranges.Builder ipv4 = new Ipv4Ranges.Builder();

		private final Ipv6Ranges.Builder ipv6 = new Ipv6Ranges.Builder();

		private Builder() {
		}

		/**
		 * Add a network.
		 * @param network the network
		 * @return this builder
		 */
		public Builder add(Cidr network) {
			byte[] bytes = network.network().getAddress();
			if (bytes.length == AddressBytes.IPV4_LENGTH) {
				this.ipv4.add(bytes, network.prefixLength());
			}
			else {
				this.ipv6.add(bytes, network.prefixLength());
			}
			return this;
		}

		/**
		 * Add a network as {@link Cidr#parse(String)} reads it.
		 * @param network the network, such as {@code 10.0.0.0/8}
		 * @return this builder
		 * @throws MtlsException with {@link Reason#RULE_INVALID} if the text is no
		 * network
		 */
		public Builder add(String network) {
			return add(Cidr.parse(network));
		}

		/**
		 * Make the set of all networks added so far. The builder may be used further.
		 * @return the set
		 */
		public AddressSet build() {
			return new AddressSet(this.ipv4.build(), this.ipv6.build());
		}

	}

}
