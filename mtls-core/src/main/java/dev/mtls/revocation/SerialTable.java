package dev.mtls.revocation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Serial numbers in an open-addressed table with linear probing: whole numbers in words
 * of one array, so that there are neither objects nor false positives. The hash is
 * seeded, because who chooses the numbers must not choose where they collide.
 */
final class SerialTable {

	/**
	 * The number of octets that a serial number may have: 20, and a sign octet that some
	 * CAs add (RFC 5280, 4.1.2.2).
	 */
	static final int MAX_LENGTH = 21;

	private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	// Slots for each 100 numbers: shorter numbers have more, within 25.6 bytes a number
	private static final int MIN_SLOTS = 128;

	private static final int MAX_SLOTS = 200;

	private static final int WORDS_OF_SLOTS = 640;

	private final int words;

	private final boolean negatives;

	private final int capacity;

	private final int[] slots;

	private final long[] seeds;

	// Slots of zeros are free, so this number has no slot
	private boolean zero;

	private int size;

	private SerialTable(Builder builder) {
		int octets = builder.negatives ? builder.octets : builder.magnitudeOctets;
		this.words = Math.max(1, (octets + Integer.BYTES - 1) / Integer.BYTES);
		this.negatives = builder.negatives;
		long slotsOf100 = Math.max(MIN_SLOTS, Math.min(MAX_SLOTS, WORDS_OF_SLOTS / this.words));
		// One more, so that a free one ends every search
		this.capacity = Math.toIntExact(builder.count * slotsOf100 / 100 + 1);
		this.slots = new int[Math.multiplyExact(this.capacity, this.words)];
		this.seeds = new SecureRandom().longs(this.words).toArray();
		for (int i = 0; i < builder.count; i++) {
			int start = builder.starts[i];
			// The octet before an INTEGER of this size is its length
			add(builder.source, start, start + builder.source[start - 1]);
		}
	}

	private void add(byte[] source, int start, int end) {
		int first = find(source, start, end);
		if (first >= 0) {
			return;
		}
		boolean isZero = true;
		for (int i = 0; i < this.words; i++) {
			int word = word(source, start, end, i);
			this.slots[~first + i] = word;
			isZero &= word == 0;
		}
		if (!isZero) {
			this.size++;
		}
		else if (!this.zero) {
			this.zero = true;
			this.size++;
		}
	}

	/**
	 * Whether a number was added.
	 * @param number it, as {@code BigInteger.toByteArray()} gives it
	 * @return {@code true} if so
	 */
	boolean contains(byte[] number) {
		if (this.size == 0 || !fits(number)) {
			return false;
		}
		if (number.length == 1 && number[0] == 0) {
			return this.zero;
		}
		return find(number, 0, number.length) >= 0;
	}

	int size() {
		return this.size;
	}

	private boolean fits(byte[] number) {
		if (this.negatives) {
			return number.length <= this.words * Integer.BYTES;
		}
		return number[0] >= 0 && magnitudeOctets(number, 0, number.length) <= this.words * Integer.BYTES;
	}

	// The first word of the slot that holds the number, or the complement of the first
	// word of the free slot in which it would be
	private int find(byte[] source, int start, int end) {
		int low = word(source, start, end, 0);
		int slot = home(source, start, end);
		while (true) {
			int first = slot * this.words;
			int found = this.slots[first];
			if (found == low && isRestEqual(first, source, start, end)) {
				return (low == 0 && isFree(first)) ? ~first : first;
			}
			if (found == 0 && isFree(first)) {
				return ~first;
			}
			slot = (slot + 1 == this.capacity) ? 0 : slot + 1;
		}
	}

	private boolean isRestEqual(int first, byte[] source, int start, int end) {
		for (int i = 1; i < this.words; i++) {
			if (this.slots[first + i] != word(source, start, end, i)) {
				return false;
			}
		}
		return true;
	}

	private boolean isFree(int first) {
		for (int i = 0; i < this.words; i++) {
			if (this.slots[first + i] != 0) {
				return false;
			}
		}
		return true;
	}

	private int home(byte[] source, int start, int end) {
		// Multilinear, thus universal: two numbers collide by chance alone
		long hash = 0;
		for (int i = 0; i < this.words; i++) {
			hash += this.seeds[i] * Integer.toUnsignedLong(word(source, start, end, i));
		}
		// Consecutive numbers must not end up in evenly spaced slots
		hash = (hash ^ (hash >>> 32)) * 0xff51afd7ed558ccdL;
		return (int) (((hash >>> 32) * this.capacity) >>> 32);
	}

	// A word of the number, counted from its end; its sign goes on before its first octet
	private static int word(byte[] source, int start, int end, int index) {
		int wordEnd = end - index * Integer.BYTES;
		if (wordEnd - Integer.BYTES >= start) {
			return (int) WORD.get(source, wordEnd - Integer.BYTES);
		}
		int word = source[start] >> (Byte.SIZE - 1);
		for (int i = start; i < wordEnd; i++) {
			word = (word << Byte.SIZE) | (source[i] & 0xff);
		}
		return word;
	}

	private static int magnitudeOctets(byte[] source, int start, int end) {
		return (source[start] == 0) ? end - start - 1 : end - start;
	}

	/**
	 * Learns where the numbers are, because a table does not grow.
	 */
	static final class Builder {

		private final byte[] source;

		private int[] starts = new int[16];

		private int count;

		private int octets;

		private int magnitudeOctets;

		private boolean negatives;

		Builder(byte[] source) {
			this.source = source;
		}

		/**
		 * Add a number.
		 * @param start where it begins, after its length
		 * @param end where it ends
		 */
		void add(int start, int end) {
			if (this.count == this.starts.length) {
				this.starts = Arrays.copyOf(this.starts, 2 * this.count);
			}
			this.starts[this.count++] = start;
			this.octets = Math.max(this.octets, end - start);
			this.magnitudeOctets = Math.max(this.magnitudeOctets, magnitudeOctets(this.source, start, end));
			this.negatives |= this.source[start] < 0;
		}

		SerialTable build() {
			return new SerialTable(this);
		}

	}

}
