package dev.mtls.address;

import java.util.function.IntUnaryOperator;

/**
 * An index over the top 16 bits of sorted ranges: entry {@code n} is the number of ranges
 * that start below {@code n} in these bits, so that entries {@code n} and {@code n + 1}
 * enclose the ranges that start with {@code n}.
 */
final class RangeIndex {

	/**
	 * From how many ranges on an index pays for its 256 KiB.
	 */
	static final int WORTHWHILE = 1000;

	private static final int BUCKETS = 1 << 16;

	private RangeIndex() {
	}

	/**
	 * Create the index, or an empty array if it is not worthwhile.
	 * @param count the number of ranges
	 * @param topBits returns the top 16 bits of the start of a range
	 * @return {@code 65537} entries or none
	 */
	static int[] of(int count, IntUnaryOperator topBits) {
		if (count < WORTHWHILE) {
			return new int[0];
		}
		int[] index = new int[BUCKETS + 1];
		for (int i = 0; i < count; i++) {
			index[topBits.applyAsInt(i) + 1]++;
		}
		for (int i = 0; i < BUCKETS; i++) {
			index[i + 1] += index[i];
		}
		return index;
	}

}
