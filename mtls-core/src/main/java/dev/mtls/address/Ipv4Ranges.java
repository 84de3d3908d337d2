package dev.mtls.address;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Disjoint ranges of IPv4 addresses, sorted, none touching the next. Addresses are held
 * with their top bit flipped: that makes the signed order of {@code int} the order of
 * addresses.
 */
final class Ipv4Ranges {

	private final int[] starts;

	private final int[] ends;

	private final int[] index;

	private Ipv4Ranges(int[] starts, int[] ends) {
		this.starts = starts;
		this.ends = ends;
		this.index = RangeIndex.of(starts.length, (range) -> flipped(starts[range]) >>> 16);
	}

	boolean contains(int address) {
		int low = -1;
		int high = this.starts.length - 1;
		if (this.index.length != 0) {
			int topBits = address >>> 16;
			low = this.index[topBits] - 1;
			high = this.index[topBits + 1] - 1;
		}
		int value = flipped(address);
		while (low < high) {
			int middle = (low + high + 1) >>> 1;
			if (this.starts[middle] <= value) {
				low = middle;
			}
			else {
				high = middle - 1;
			}
		}
		return low >= 0 && value <= this.ends[low];
	}

	int size() {
		return this.starts.length;
	}

	InetAddress start(int range) {
		return address(this.starts[range]);
	}

	InetAddress end(int range) {
		return address(this.ends[range]);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Ipv4Ranges ranges && Arrays.equals(this.starts, ranges.starts)
				&& Arrays.equals(this.ends, ranges.ends);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.starts) + Arrays.hashCode(this.ends);
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
			int merged = 0;
			int start = 0;
			for (int i = 0; i < this.count; i++) {
				if (i + 1 == this.count || isGap(ends[i], starts[i + 1])) {
					starts[merged] = starts[start];
					ends[merged] = ends[i];
					merged++;
					start = i + 1;
				}
			}
			return new Ipv4Ranges(Arrays.copyOf(starts, merged), Arrays.copyOf(ends, merged));
		}

		private static boolean isGap(int end, int nextStart) {
			return nextStart > end && nextStart - 1 != end;
		}

	}

}
