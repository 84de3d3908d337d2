package dev.mtls.revocation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Serial numbers in buckets by their hash. The numbers stand in one array, bucket after
 * bucket, so that there are neither objects nor false positives. Two small arrays say
 * where each bucket ends and eight bits of each number's hash: they fit the processor's
 * cache, and tell nearly all numbers that are not listed.
 */
final class SerialTable {

	/**
	 * The number of octets that a serial number may have: 20, and a sign octet that some
	 * CAs add (RFC 5280, 4.1.2.2).
	 */
	static final int MAX_LENGTH = 21;

	private static final VarHandle TAGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long LOW_BITS = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	// On the average, so that one word holds the tags of most buckets
	private static final int NUMBERS_IN_BUCKET = 4;

	private final SerialHash hash;

	private final boolean negatives;

	private final int octets;

	// Each bucket begins at its own index and ends at the next
	private final int[] bounds;

	private final byte[] tags;

	private final byte[] numbers;

	private final int size;

	private SerialTable(Builder builder) {
		this.hash = builder.hash;
		this.negatives = builder.negatives;
		this.octets = builder.negatives ? builder.octets : builder.magnitudeOctets;
		this.bounds = new int[Math.max(1, builder.count / NUMBERS_IN_BUCKET) + 1];
		// The tags of the last bucket are read by the word, too
		this.tags = new byte[builder.count + Long.BYTES];
		this.numbers = new byte[Math.multiplyExact(builder.count, this.octets)];
		for (int i = 0; i < builder.count; i++) {
			this.bounds[bucket(builder.hash(i)) + 1]++;
		}
		countToStart();
		for (int i = 0; i < builder.count; i++) {
			place(builder.hash(i), builder.source, builder.start(i));
		}
		this.size = dropRepeated();
	}

	private SerialTable(SerialTable table) {
		this.hash = table.hash;
		this.negatives = table.negatives;
		this.octets = table.octets;
		this.bounds = table.bounds;
		this.tags = Arrays.copyOf(table.tags, table.size + Long.BYTES);
		this.numbers = Arrays.copyOf(table.numbers, table.size * table.octets);
		this.size = table.size;
	}

	// The index of a bucket's end tells where its next number goes, until all are there
	private void countToStart() {
		int start = 0;
		for (int i = 1; i < this.bounds.length; i++) {
			int count = this.bounds[i];
			this.bounds[i] = start;
			start += count;
		}
	}

	private void place(int hash, byte[] source, int start) {
		int index = this.bounds[bucket(hash) + 1]++;
		this.tags[index] = (byte) hash;
		int end = Builder.end(source, start);
		int length = Math.min(end - start, this.octets);
		int numberEnd = (index + 1) * this.octets;
		System.arraycopy(source, end - length, this.numbers, numberEnd - length, length);
		if (length < this.octets && source[start] < 0) {
			Arrays.fill(this.numbers, numberEnd - this.octets, numberEnd - length, (byte) -1);
		}
	}

	private int dropRepeated() {
		int kept = 0;
		int start = 0;
		for (int bucket = 0; bucket + 1 < this.bounds.length; bucket++) {
			int end = this.bounds[bucket + 1];
			int first = kept;
			for (int i = start; i < end; i++) {
				int from = i * this.octets;
				if (!isBetween(first, kept, this.tags[i], this.numbers, from, from + this.octets)) {
					this.tags[kept] = this.tags[i];
					if (kept != i) {
						System.arraycopy(this.numbers, from, this.numbers, kept * this.octets, this.octets);
					}
					kept++;
				}
			}
			start = end;
			this.bounds[bucket + 1] = kept;
		}
		return kept;
	}

	/**
	 * Whether a number was added.
	 * @param number it
	 * @return {@code true} if so
	 */
	boolean contains(BigInteger number) {
		if (this.size == 0 || !fits(number)) {
			return false;
		}
		byte[] source = number.toByteArray();
		int hash = this.hash.of(source, 0, source.length);
		int bucket = bucket(hash);
		return isBetween(this.bounds[bucket], this.bounds[bucket + 1], (byte) hash, source, 0, source.length);
	}

	int size() {
		return this.size;
	}

	private boolean fits(BigInteger number) {
		int bits = this.octets * Byte.SIZE;
		return this.negatives ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
	}

	private int bucket(int hash) {
		return (int) ((Integer.toUnsignedLong(hash) * (this.bounds.length - 1)) >>> Integer.SIZE);
	}

	// Eight tags at a time; each that is equal is a zero octet of the difference
	private boolean isBetween(int first, int last, byte tag, byte[] source, int start, int end) {
		long pattern = Byte.toUnsignedLong(tag) * LOW_BITS;
		for (int i = first; i < last; i += Long.BYTES) {
			long difference = (long) TAGS.get(this.tags, i) ^ pattern;
			long equal = (difference - LOW_BITS) & ~difference & HIGH_BITS;
			for (; equal != 0; equal &= equal - 1) {
				int index = i + Long.numberOfTrailingZeros(equal) / Byte.SIZE;
				if (index >= last) {
					break;
				}
				if (isAt(index, source, start, end)) {
					return true;
				}
			}
		}
		return false;
	}

	private boolean isAt(int index, byte[] source, int start, int end) {
		int length = Math.min(end - start, this.octets);
		int numberEnd = (index + 1) * this.octets;
		for (int i = numberEnd - this.octets; i < numberEnd - length; i++) {
			// Shorter ones have their sign before them
			if (this.numbers[i] != source[start] >> (Byte.SIZE - 1)) {
				return false;
			}
		}
		return Arrays.equals(this.numbers, numberEnd - length, numberEnd, source, end - length, end);
	}

	/**
	 * Learns where the numbers are, because a table does not grow.
	 */
	static final class Builder {

		private final byte[] source;

		private final SerialHash hash = new SerialHash(MAX_LENGTH);

		// Of each number the hash and where it begins
		private long[] entries;

		private int count;

		private int octets;

		private int magnitudeOctets;

		private boolean negatives;

		/**
		 * Create a builder.
		 * @param source what holds the numbers, each after an octet that is its length
		 * @param expected how many numbers there may be
		 */
		Builder(byte[] source, int expected) {
			this.source = source;
			this.entries = new long[Math.max(1, expected)];
		}

		/**
		 * Add a number.
		 * @param start where it begins
		 * @param end where it ends
		 */
		void add(int start, int end) {
			if (this.count == this.entries.length) {
				this.entries = Arrays.copyOf(this.entries, 2 * this.count);
			}
			this.entries[this.count++] = ((long) this.hash.of(this.source, start, end) << Integer.SIZE) | start;
			byte first = this.source[start];
			this.octets = Math.max(this.octets, end - start);
			this.magnitudeOctets = Math.max(this.magnitudeOctets, (first == 0) ? end - start - 1 : end - start);
			this.negatives |= first < 0;
		}

		SerialTable build() {
			SerialTable table = new SerialTable(this);
			return (table.size < this.count) ? new SerialTable(table) : table;
		}

		private int hash(int index) {
			return (int) (this.entries[index] >>> Integer.SIZE);
		}

		private int start(int index) {
			return (int) this.entries[index];
		}

		private static int end(byte[] source, int start) {
			return start + source[start - 1];
		}

	}

}
