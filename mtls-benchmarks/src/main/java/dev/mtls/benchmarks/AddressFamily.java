package dev.mtls.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import dev.mtls.address.Cidr;

/**
 * Makes random networks and addresses of one family, the same ones in every run.
 */
public enum AddressFamily {

	/**
	 * Networks of 24 to 32 bits anywhere.
	 */
	IPV4(4, 24, 32),

	/**
	 * Networks of 32 to 64 bits below {@code 2000::/3}.
	 */
	IPV6(16, 32, 64);

	private static final long SEED = 42;

	private final int length;

	private final int minPrefixLength;

	private final int maxPrefixLength;

	AddressFamily(int length, int minPrefixLength, int maxPrefixLength) {
		this.length = length;
		this.minPrefixLength = minPrefixLength;
		this.maxPrefixLength = maxPrefixLength;
	}

	Cidr[] networks(int count) {
		Random random = new Random(SEED);
		Set<Cidr> networks = new HashSet<>();
		while (networks.size() < count) {
			networks.add(network(random));
		}
		return networks.toArray(Cidr[]::new);
	}

	/**
	 * Random addresses.
	 * @param networks networks
	 * @param share the share of the addresses that are in a random one of the networks
	 * @param count how many
	 * @return the addresses, in random order
	 */
	InetAddress[] peers(Cidr[] networks, double share, int count) {
		Random random = new Random(SEED + 1);
		InetAddress[] peers = new InetAddress[count];
		for (int i = 0; i < count; i++) {
			byte[] bytes = bytes(random);
			if (random.nextDouble() < share) {
				Cidr network = networks[random.nextInt(networks.length)];
				copyPrefix(network.network().getAddress(), network.prefixLength(), bytes);
			}
			peers[i] = address(bytes);
		}
		return peers;
	}

	private Cidr network(Random random) {
		int prefixLength = this.minPrefixLength + random.nextInt(this.maxPrefixLength - this.minPrefixLength + 1);
		byte[] network = new byte[this.length];
		copyPrefix(bytes(random), prefixLength, network);
		return new Cidr(address(network), prefixLength);
	}

	private byte[] bytes(Random random) {
		byte[] bytes = new byte[this.length];
		random.nextBytes(bytes);
		if (this == IPV6) {
			bytes[0] = (byte) (0x20 | (bytes[0] & 0x1f));
		}
		return bytes;
	}

	private static void copyPrefix(byte[] from, int prefixLength, byte[] to) {
		for (int i = 0; i < prefixLength; i++) {
			int bit = 0x80 >>> i % Byte.SIZE;
			to[i / Byte.SIZE] = (byte) ((to[i / Byte.SIZE] & ~bit) | (from[i / Byte.SIZE] & bit));
		}
	}

	private static InetAddress address(byte[] bytes) {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
