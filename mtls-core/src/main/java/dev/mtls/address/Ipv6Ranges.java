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

	private final Ipv6Values starts;

	private final Ipv6Values ends;

	private final int[] index;

	private final int bucketShift;

	private Ipv6Ranges(Ipv6Values starts, Ipv6Values ends) {
		this.starts = starts;
		this.ends = ends;
		this.bucketShift = bucketShift(starts);
		this.index = RangeIndex.of(starts.count(), (range) -> bucket(starts.high(range)));
	}

	boolean contains(byte[] address) {
		return contains(flipped(bits(address, 0)), flipped(bits(address, Long.BYTES)));
	}

	private boolean contains(long high, long low) {
		int first = -1;
		int last = this.starts.count() - 1;
		if (this.index.length != 0) {
			if (high < this.starts.high(0)) {
				return false;
			}
			int bucket = bucket(high);
			first = this.index[bucket] - 1;
			last = this.index[bucket + 1] - 1;
		}
		while (first < last) {
			int middle = (first + last + 1) >>> 1;
			if (this.starts.isAtMost(middle, high, low)) {
				first = middle;
			}
			else {
				last = middle - 1;
			}
		}
		return first >= 0 && !isBelow(this.ends, first, high, low);
	}

	int size() {
		return this.starts.count();
	}

	InetAddress start(int range) {
		return address(this.starts, range);
	}

	InetAddress end(int range) {
		return address(this.ends, range);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Ipv6Ranges ranges && this.starts.equals(ranges.starts) && this.ends.equals(ranges.ends);
	}

	@Override
	public int hashCode() {
		return 31 * this.starts.hashCode() + this.ends.hashCode();
	}

	private static boolean isBelow(Ipv6Values values, int position, long high, long low) {
		long own = values.high(position);
		return own < high || (own == high && values.low(position) < low);
	}

	// Lists of IPv6 networks have their top bits in common (2000::/3), so the buckets
	// divide
	// what lies between the first start and the last
	private static int bucketShift(Ipv6Values starts) {
		long span = (starts.count() != 0) ? starts.high(starts.count() - 1) - starts.high(0) : 0;
		int spanBits = Long.SIZE - Long.numberOfLeadingZeros(span);
		return Math.max(1, spanBits - Short.SIZE); // without a shift, a far address were
													// negative
	}

	private int bucket(long high) {
		return (int) Math.min(RangeIndex.BUCKETS - 1, (high - this.starts.high(0)) >>> this.bucketShift);
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
			Ipv6Values mergedStarts = new Ipv6Values();
			Ipv6Values mergedEnds = new Ipv6Values();
			int start = 0;
			for (int i = 0; i < starts.count(); i++) {
				if (i + 1 == starts.count() || isGap(ends, i, starts, i + 1)) {
					mergedStarts.add(starts.high(start), starts.low(start));
					mergedEnds.add(ends.high(i), ends.low(i));
					start = i + 1;
				}
			}
			return new Ipv6Ranges(mergedStarts.trimmed(), mergedEnds.trimmed());
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
