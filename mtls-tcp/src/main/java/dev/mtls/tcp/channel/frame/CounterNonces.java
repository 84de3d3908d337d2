package dev.mtls.tcp.channel.frame;

import java.security.SecureRandom;

/**
 * The nonces with which one side encrypts: a counter that starts anywhere. Fewer than
 * 2^32 are given out, the bound on messages under one key that has random nonces (NIST SP
 * 800-38D, section 8.3), because those of the peer may be random.
 */
final class CounterNonces {

	static final long MAX = (1L << 32) - 1;

	private final Nonce first;

	private volatile long count;

	CounterNonces(SecureRandom random) {
		this(Nonce.random(random), 0);
	}

	CounterNonces(Nonce first, long count) {
		this.first = first;
		this.count = count;
	}

	/**
	 * The next nonce, which was never given out before. For one thread at a time.
	 * @return the nonce
	 * @throws ChannelException if there are no more
	 */
	Nonce next() throws ChannelException {
		long count = this.count;
		if (count >= MAX) {
			throw new ChannelException(
					"This side has sent as many messages as one key may encrypt (%d); connect again".formatted(MAX));
		}
		this.count = count + 1;
		return this.first.plus(count);
	}

	/**
	 * Whether a nonce was given out.
	 * @param nonce the nonce
	 * @return whether it was
	 */
	boolean contains(Nonce nonce) {
		return nonce.isWithin(this.first, this.count);
	}

}
