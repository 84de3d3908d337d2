package dev.mtls.revocation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A hash of serial numbers with a seed of its own, because who chooses the numbers must
 * not choose where they collide.
 */
final class SerialHash {

	private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private final long[] seeds;

	/**
	 * Create a hash.
	 * @param maxLength the number of octets that a number may have
	 */
	SerialHash(int maxLength) {
		this.seeds = new SecureRandom().longs((maxLength + Integer.BYTES - 1) / Integer.BYTES).toArray();
	}

	/**
	 * The hash of a number.
	 * @param source what holds its two's complement, in as few octets as can be
	 * @param start where that begins
	 * @param end where it ends
	 * @return 32 bits, any of which are as good as others
	 */
	int of(byte[] source, int start, int end) {
		// Multilinear, thus universal: two numbers collide by chance alone, but for a
		// number below zero and the one above it that has the same octets
		long hash = 0;
		int at = end;
		int word = 0;
		for (; at - start >= Integer.BYTES; at -= Integer.BYTES) {
			hash += this.seeds[word++] * Integer.toUnsignedLong((int) WORD.get(source, at - Integer.BYTES));
		}
		if (at > start) {
			long first = 0;
			for (int i = start; i < at; i++) {
				first = (first << Byte.SIZE) | (source[i] & 0xff);
			}
			hash += this.seeds[word] * first;
		}
		// Consecutive numbers must not end up in evenly spaced buckets
		return (int) (((hash ^ (hash >>> 32)) * 0xff51afd7ed558ccdL) >>> 32);
	}

}
