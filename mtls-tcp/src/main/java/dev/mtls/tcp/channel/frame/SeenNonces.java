package dev.mtls.tcp.channel.frame;

import java.util.Arrays;

/**
 * The last {@value #MAX} nonces of a peer. They are few, so that looking at all of them
 * costs less than a set of them would take up for each connection.
 */
final class SeenNonces {

	static final int MAX = 1024;

	private static final int INITIAL = 16;

	private int[] high = new int[INITIAL];

	private long[] low = new long[INITIAL];

	private int size;

	private int oldest;

	/**
	 * Whether a nonce is among the last.
	 * @param nonce the nonce
	 * @return whether it is
	 */
	boolean contains(Nonce nonce) {
		for (int i = 0; i < this.size; i++) {
			if (this.low[i] == nonce.low() && this.high[i] == nonce.high()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Add a nonce, in place of the oldest if there are {@value #MAX}.
	 * @param nonce the nonce
	 */
	void add(Nonce nonce) {
		if (this.size == MAX) {
			set(this.oldest, nonce);
			this.oldest = (this.oldest + 1) % MAX;
			return;
		}
		if (this.size == this.low.length) {
			this.high = Arrays.copyOf(this.high, 2 * this.size);
			this.low = Arrays.copyOf(this.low, 2 * this.size);
		}
		set(this.size++, nonce);
	}

	private void set(int index, Nonce nonce) {
		this.high[index] = nonce.high();
		this.low[index] = nonce.low();
	}

}
