package dev.mtls.tcp.channel.frame;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Gives the same bytes each time, which makes known keys.
 */
final class FixedRandom extends SecureRandom {

	private static final long serialVersionUID = 1L;

	private final byte[] bytes;

	FixedRandom(byte[] bytes) {
		this.bytes = bytes.clone();
	}

	/**
	 * One with bytes that a number alone decides on.
	 * @param number the number
	 * @return the random generator
	 */
	static FixedRandom of(int number) {
		byte[] bytes = new byte[32];
		Arrays.fill(bytes, (byte) 0x5a);
		bytes[1] = (byte) number;
		bytes[2] = (byte) (number >> 8);
		return new FixedRandom(bytes);
	}

	byte[] bytes() {
		return this.bytes.clone();
	}

	@Override
	public void nextBytes(byte[] target) {
		for (int i = 0; i < target.length; i++) {
			target[i] = this.bytes[i % this.bytes.length];
		}
	}

}
