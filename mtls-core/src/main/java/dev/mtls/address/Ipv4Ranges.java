package dev.mtls.address;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Disjoint ranges of IPv4 addresses, sorted, none touching the next. Addresses are held
 * with their top bit flipped: that makes the signed order of {@code int} the order of
 * addresses.
 */
final class Ipv4Ranges {

	// The start and the end of each range, side by side so that a look-up that found the
	// one has the other in the processor's cache
	private final int[] bounds;

	private final int[] index;

	private Ipv4Ranges(int[] bounds) {
		this.bounds = bounds;
		this.index = RangeIndex.of(bounds.length / 2, (range) -> flipped(bounds[2 * range]) >>> 16);
	}

	boolean contains(int address) {
		int value = flipped(address);
		int range = lastStart(value, address >>> 16);
		return range >= 0 && value <= this.bounds[2 * range + 1];
	}

	private int lastStart(int value, int topBits) {
		if (this.index.length == 0) {
			return lastStart(value, -1, size());
		}
		int before = this.index[topBits] - 1;
		int count = this.index[topBits + 1] - this.index[topBits];
		if (count == 1) {
			// What a bucket mostly holds in a list of some thousands is worth a shortcut
			return (this.bounds[2 * (before + 1)] <= value) ? before + 1 : before;
		}
		return lastStart(value, before, count);
	}

	private int lastStart(int value, int before, int count) {
		int range = before;
		int left = count;
		while (left > 0) {
			int half = (left + 1) >>> 1;
			range += half & allBitsIfAtMost(this.bounds[2 * (range + half)], value);
			left -= half;
		}
		return range;
	}

	// Which way a search turns cannot be predicted, so that a branch would cost more
	private static int allBitsIfAtMost(int start, int value) {
		return (int) ((start - (value + 1L)) >> Integer.SIZE);
	}

	int size() {
		return this.bounds.length / 2;
	}

	InetAddress start(int range) {
		return address(this.bounds[2 * range]);
	}

	InetAddress end(int range) {
		return address(this.bounds[2 * range + 1]);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Ipv4Ranges ranges && Arrays.equals(this.bounds, ranges.bounds);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bounds);
	}

	static int bits(byte[] bytes, int offset) {
		return (bytes[offset] & 0xff) << 24 | (bytes[offset + 1] & 0xff) << 16 | (bytes[offset + 2] & 0xff) << 8
				| (bytes[offset + 3] & 0xff);
	}

	private static int flipped(int value) {
		return value ^ Integer.MIN_VALUE;
	}

	private static InetAddress address(int value) {
		int bits = flipped(value);
		return AddressBytes
			.toAddress(new byte[] { (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits });
	}

	/**
	 * Collects ranges in any order.
	 */
	static final class Builder {

		private int[] starts = new int[16];

		private int[] ends = new int[16];

		private int count;

		void add(byte[] network, int prefixLength) {
			if (this.count == this.starts.length) {
				this.starts = Arrays.copyOf(this.starts, 2 * this.count);
				this.ends = Arrays.copyOf(this.ends, 2 * this.count);
			}
			int start = bits(network, 0);
			int hostBits = (int) (0xffff_ffffL >>> prefixLength);
			this.starts[this.count] = flipped(start);
			this.ends[this.count] = flipped(start | hostBits);
			this.count++;
		}

		Ipv4Ranges build() {
			// Starts and ends may be sorted apart: when n ranges have started, and n have
			// ended before the next one starts, there is a gap, whichever they were
			int[] starts = Arrays.copyOf(this.starts, this.count);
			int[] ends = Arrays.copyOf(this.ends, this.count);
			Arrays.sort(starts);
			Arrays.sort(ends);
			int[] bounds = new int[2 * this.count];
			int length = 0;
			int start = 0;
			for (int i = 0; i < this.count; i++) {
				if (i + 1 == this.count || isGap(ends[i], starts[i + 1])) {
					bounds[length++] = starts[start];
					bounds[length++] = ends[i];
					start = i + 1;
				}
			}
			return new Ipv4Ranges(Arrays.copyOf(bounds, length));
		}

		private static boolean isGap(int end, int nextStart) {
			return nextStart > end && nextStart - 1 != end;
		}

	}

}
