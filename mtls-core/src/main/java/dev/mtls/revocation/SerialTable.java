package dev.mtls.revocation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Serial numbers in an open-addressed table: whole numbers in one array, so that there
 * are neither objects nor false positives, and eight bits of the hash of each in another
 * one. That one fits the processor's cache, and it tells nearly all numbers that are not
 * listed. Slots stand in groups of eight, which are searched by the group.
 */
final class SerialTable {

	/**
	 * The number of octets that a serial number may have: 20, and a sign octet that some
	 * CAs add (RFC 5280, 4.1.2.2).
	 */
	static final int MAX_LENGTH = 21;

	private static final VarHandle TAGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long LOW_BITS = 0x0101010101010101L;

	private static final long ALL_BUT_HIGH_BITS = 0x7f7f7f7f7f7f7f7fL;

	private static final int GROUP = Long.BYTES;

	// On the average; most groups have a free slot, which ends a search
	private static final int NUMBERS_IN_GROUP = 6;

	private final SerialHash hash;

	private final boolean negatives;

	private final int octets;

	private final int groups;

	// Zero where the slot is free
	private final byte[] tags;

	private final byte[] numbers;

	private final int size;

	private SerialTable(Builder builder) {
		this.hash = builder.hash;
		this.negatives = builder.negatives;
		this.octets = builder.negatives ? builder.octets : builder.magnitudeOctets;
		this.groups = builder.count / NUMBERS_IN_GROUP + 1;
		this.tags = new byte[this.groups * GROUP];
		this.numbers = new byte[Math.multiplyExact(this.tags.length, this.octets)];
		int added = 0;
		for (int i = 0; i < builder.count; i++) {
			int start = (int) builder.entries[i];
			// The octet before an INTEGER of this size is its length
			int end = start + builder.source[start - 1];
			added += add((int) (builder.entries[i] >>> Integer.SIZE), builder.source, start, end);
		}
		this.size = added;
	}

	private int add(int hash, byte[] source, int start, int end) {
		int slot = find(hash, source, start, end);
		if (slot >= 0) {
			return 0;
		}
		this.tags[~slot] = tag(hash);
		int length = Math.min(end - start, this.octets);
		int numberEnd = (~slot + 1) * this.octets;
		System.arraycopy(source, end - length, this.numbers, numberEnd - length, length);
		if (length < this.octets && source[start] < 0) {
			Arrays.fill(this.numbers, numberEnd - this.octets, numberEnd - length, (byte) -1);
		}
		return 1;
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
		return find(this.hash.of(source, 0, source.length), source, 0, source.length) >= 0;
	}

	int size() {
		return this.size;
	}

	private boolean fits(BigInteger number) {
		int bits = this.octets * Byte.SIZE;
		return this.negatives ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
	}

	// The slot that holds the number, or the complement of the free slot for it
	private int find(int hash, byte[] source, int start, int end) {
		long pattern = Byte.toUnsignedLong(tag(hash)) * LOW_BITS;
		int group = (int) ((Integer.toUnsignedLong(hash) * this.groups) >>> Integer.SIZE);
		while (true) {
			long tagsOfGroup = (long) TAGS.get(this.tags, group * GROUP);
			for (long equal = zeros(tagsOfGroup ^ pattern); equal != 0; equal &= equal - 1) {
				int slot = group * GROUP + first(equal);
				if (isAt(slot, source, start, end)) {
					return slot;
				}
			}
			long free = zeros(tagsOfGroup);
			if (free != 0) {
				return ~(group * GROUP + first(free));
			}
			group = (group + 1 == this.groups) ? 0 : group + 1;
		}
	}

	// The high bit of each octet that is zero, and no other: a free slot must not pass
	// for
	// one with a number, because it holds the octets of zero
	private static long zeros(long octets) {
		return ~(((octets & ALL_BUT_HIGH_BITS) + ALL_BUT_HIGH_BITS) | octets | ALL_BUT_HIGH_BITS);
	}

	private static int first(long highBits) {
		return Long.numberOfTrailingZeros(highBits) / Byte.SIZE;
	}

	// The lowest bits, as the group comes from the highest
	private static byte tag(int hash) {
		return ((byte) hash == 0) ? 1 : (byte) hash;
	}

	private boolean isAt(int slot, byte[] source, int start, int end) {
		int length = Math.min(end - start, this.octets);
		int numberEnd = (slot + 1) * this.octets;
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

		private final SerialHash hash;

		// Of each number the hash and where it begins
		private long[] entries;

		private int count;

		private int octets;

		private int magnitudeOctets;

		private boolean negatives;

		/**
		 * Create a builder.
		 * @param hash their hash
		 * @param source what holds the numbers, each after an octet that is its length
		 * @param expected how many numbers there may be
		 */
		Builder(SerialHash hash, byte[] source, int expected) {
			this.hash = hash;
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
			return new SerialTable(this);
		}

	}

}
