package dev.mtls.address;

import java.util.function.IntUnaryOperator;

/**
 * An index over sorted ranges, which 16 bits of their starts put into buckets: entry
 * {@code n} is the number of ranges in the buckets before the n-th, so that entries
 * {@code n} and {@code n + 1} enclose the ranges of the n-th.
 */
final class RangeIndex {

	/**
	 * From how many ranges on an index pays for its 256 KiB.
	 */
	static final int WORTHWHILE = 1000;

	static final int BUCKETS = 1 << 16;

	private RangeIndex() {
	}

	/**
	 * Create the index, or an empty array if it is not worthwhile.
	 * @param count the number of ranges
	 * @param bucketOf returns the bucket of a range, 0 to 65535
	 * @return {@code 65537} entries or none
	 */
	static int[] of(int count, IntUnaryOperator bucketOf) {
		if (count < WORTHWHILE) {
			return new int[0];
		}
		int[] index = new int[BUCKETS + 1];
		for (int i = 0; i < count; i++) {
			index[bucketOf.applyAsInt(i) + 1]++;
		}
		for (int i = 0; i < BUCKETS; i++) {
			index[i + 1] += index[i];
		}
		return index;
	}

}
