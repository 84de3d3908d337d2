package dev.mtls.address;

import java.util.Arrays;

/**
 * A growing list of IPv6 addresses. An address is two {@code long} values, each with its
 * top bit flipped: that makes the signed order of {@code long} the order of addresses.
 * Upper and lower halves are apart because a search mostly reads only the upper ones.
 */
final class Ipv6Values {

	private long[] highs;

	private long[] lows;

	private int count;

	Ipv6Values() {
		this(new long[16], new long[16], 0);
	}

	private Ipv6Values(long[] highs, long[] lows, int count) {
		this.highs = highs;
		this.lows = lows;
		this.count = count;
	}

	void add(long high, long low) {
		if (this.count == this.highs.length) {
			this.highs = Arrays.copyOf(this.highs, 2 * this.count);
			this.lows = Arrays.copyOf(this.lows, 2 * this.count);
		}
		this.highs[this.count] = high;
		this.lows[this.count] = low;
		this.count++;
	}

	long high(int position) {
		return this.highs[position];
	}

	long low(int position) {
		return this.lows[position];
	}

	int count() {
		return this.count;
	}

	boolean isAtMost(int position, long high, long low) {
		long own = this.highs[position];
		return own < high || (own == high && this.lows[position] <= low);
	}

	Ipv6Values sorted() {
		// The JDK sorts no pairs of long, and a million objects would cost more than this
		Ipv6Values sorted = trimmed();
		sorted.sort(0, this.count, trimmed());
		return sorted;
	}

	Ipv6Values trimmed() {
		return new Ipv6Values(Arrays.copyOf(this.highs, this.count), Arrays.copyOf(this.lows, this.count), this.count);
	}

	private void sort(int from, int to, Ipv6Values copy) {
		// Merge sort; the copy has the same content, and is used up
		if (to - from < 2) {
			return;
		}
		int middle = (from + to) >>> 1;
		copy.sort(from, middle, this);
		copy.sort(middle, to, this);
		int left = from;
		int right = middle;
		for (int i = from; i < to; i++) {
			boolean takeLeft = right == to
					|| (left < middle && copy.isAtMost(left, copy.highs[right], copy.lows[right]));
			int taken = takeLeft ? left++ : right++;
			this.highs[i] = copy.highs[taken];
			this.lows[i] = copy.lows[taken];
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Ipv6Values values && Arrays.equals(this.highs, values.highs)
				&& Arrays.equals(this.lows, values.lows);
	}

	@Override
	public int hashCode() {
		return 31 * Arrays.hashCode(this.highs) + Arrays.hashCode(this.lows);
	}

}
