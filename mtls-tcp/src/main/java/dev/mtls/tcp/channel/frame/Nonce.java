package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * A nonce of AES-GCM: a number of 96 bits, big-endian.
 *
 * @param high its upper 32 bits
 * @param low its lower 64 bits
 */
record Nonce(int high, long low) {

	static final int LENGTH = Integer.BYTES + Long.BYTES;

	static Nonce random(SecureRandom random) {
		return new Nonce(random.nextInt(), random.nextLong());
	}

	static Nonce of(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		return new Nonce(buffer.getInt(), buffer.getLong());
	}

	byte[] bytes() {
		return ByteBuffer.allocate(LENGTH).putInt(this.high).putLong(this.low).array();
	}

	/**
	 * The nonce that follows a number of others.
	 * @param count the number, unsigned
	 * @return the sum, modulo 2^96
	 */
	Nonce plus(long count) {
		long low = this.low + count;
		return new Nonce((Long.compareUnsigned(low, count) < 0) ? this.high + 1 : this.high, low);
	}

	/**
	 * Whether this is one of the nonces from another one on.
	 * @param first the other one
	 * @param count how many they are
	 * @return whether it is
	 */
	boolean isWithin(Nonce first, long count) {
		long distance = this.low - first.low;
		boolean borrow = Long.compareUnsigned(this.low, first.low) < 0;
		int high = this.high - first.high - (borrow ? 1 : 0);
		return high == 0 && Long.compareUnsigned(distance, count) < 0;
	}

}
