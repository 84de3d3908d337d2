package dev.mtls.address;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Disjoint ranges of IPv6 addresses, sorted, none touching the next, in the form of
 * {@link Ipv6Values}.
 */
final class Ipv6Ranges {

	private static final VarHandle BITS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	// The start and the end of each range, side by side as in Ipv4Ranges
	private final Ipv6Values bounds;

	private final int[] index;

	private final int bucketShift;

	private Ipv6Ranges(Ipv6Values bounds) {
		this.bounds = bounds;
		this.bucketShift = bucketShift(bounds);
		this.index = RangeIndex.of(size(), (range) -> bucket(bounds.high(2 * range)));
	}

	boolean contains(byte[] address) {
		return contains(flipped(bits(address, 0)), flipped(bits(address, Long.BYTES)));
	}

	private boolean contains(long high, long low) {
		int before = -1;
		int count = size();
		if (this.index.length != 0) {
			if (high < this.bounds.high(0)) {
				return false;
			}
			int bucket = bucket(high);
			before = this.index[bucket] - 1;
			count = this.index[bucket + 1] - this.index[bucket];
		}
		int range = lastStartByUpperHalf(before, count, high);
		if (range >= 0 && this.bounds.high(2 * range) == high) {
			range = lastStart(before, range, high, low);
		}
		return range >= 0 && !isBelow(this.bounds, 2 * range + 1, high, low);
	}

	private int lastStartByUpperHalf(int before, int count, long high) {
		int range = before;
		int left = count;
		while (left > 0) {
			int half = (left + 1) >>> 1;
			// Compiled to a conditional move: a branch could not be predicted
			range = (this.bounds.high(2 * (range + half)) <= high) ? range + half : range;
			left -= half;
		}
		return range;
	}

	private int lastStart(int before, int last, long high, long low) {
		int first = before;
		int end = last;
		while (first < end) {
			int middle = (first + end + 1) >>> 1;
			if (this.bounds.isAtMost(2 * middle, high, low)) {
				first = middle;
			}
			else {
				end = middle - 1;
			}
		}
		return first;
	}

	int size() {
		return this.bounds.count() / 2;
	}

	InetAddress start(int range) {
		return address(this.bounds, 2 * range);
	}

	InetAddress end(int range) {
		return address(this.bounds, 2 * range + 1);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Ipv6Ranges ranges && this.bounds.equals(ranges.bounds);
	}

	@Override
	public int hashCode() {
		return this.bounds.hashCode();
	}

	private static boolean isBelow(Ipv6Values values, int position, long high, long low) {
		long own = values.high(position);
		return own < high || (own == high && values.low(position) < low);
	}

	// Lists of IPv6 networks have their top bits in common (2000::/3), so the buckets
	// divide what lies between the first start and the last
	private static int bucketShift(Ipv6Values bounds) {
		long span = (bounds.count() != 0) ? bounds.high(bounds.count() - 2) - bounds.high(0) : 0;
		int spanBits = Long.SIZE - Long.numberOfLeadingZeros(span);
		// Without a shift, a far address would be negative
		return Math.max(1, spanBits - Short.SIZE);
	}

	private int bucket(long high) {
		return (int) Math.min(RangeIndex.BUCKETS - 1, (high - this.bounds.high(0)) >>> this.bucketShift);
	}

	private static long bits(byte[] bytes, int offset) {
		return (long) BITS.get(bytes, offset);
	}

	private static long flipped(long value) {
		return value ^ Long.MIN_VALUE;
	}

	private static InetAddress address(Ipv6Values values, int position) {
		return AddressBytes.toAddress(ByteBuffer.allocate(AddressBytes.IPV6_LENGTH)
			.putLong(flipped(values.high(position)))
			.putLong(flipped(values.low(position)))
			.array());
	}

	/**
	 * Collects ranges in any order.
	 */
	static final class Builder {

		private final Ipv6Values starts = new Ipv6Values();

		private final Ipv6Values ends = new Ipv6Values();

		void add(byte[] network, int prefixLength) {
			long high = bits(network, 0);
			long low = bits(network, Long.BYTES);
			this.starts.add(flipped(high), flipped(low));
			this.ends.add(flipped(high | hostBits(prefixLength)), flipped(low | hostBits(prefixLength - Long.SIZE)));
		}

		Ipv6Ranges build() {
			// Starts and ends are sorted apart, as in Ipv4Ranges
			Ipv6Values starts = this.starts.sorted();
			Ipv6Values ends = this.ends.sorted();
			Ipv6Values bounds = new Ipv6Values();
			int start = 0;
			for (int i = 0; i < starts.count(); i++) {
				if (i + 1 == starts.count() || isGap(ends, i, starts, i + 1)) {
					bounds.add(starts.high(start), starts.low(start));
					bounds.add(ends.high(i), ends.low(i));
					start = i + 1;
				}
			}
			return new Ipv6Ranges(bounds.trimmed());
		}

		private static boolean isGap(Ipv6Values ends, int end, Ipv6Values starts, int nextStart) {
			if (starts.isAtMost(nextStart, ends.high(end), ends.low(end))) {
				return false;
			}
			long low = ends.low(end) + 1;
			long high = ends.high(end) + ((low == Long.MIN_VALUE) ? 1 : 0);
			return !starts.isAtMost(nextStart, high, low);
		}

		private static long hostBits(int prefixLength) {
			if (prefixLength <= 0) {
				return -1L;
			}
			return (prefixLength >= Long.SIZE) ? 0 : -1L >>> prefixLength;
		}

	}

}
