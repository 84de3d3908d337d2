package dev.mtls.source;

import java.time.Duration;

/**
 * How much an {@link HttpFetcher} does at most.
 *
 * @param timeout how long an exchange may take as a whole, the wait for its turn included
 * @param maxBytes the number of bytes that the body of a response may have
 * @param maxExchanges the number of exchanges at once
 * @param maxWaiting the number of exchanges that wait for their turn
 */
public record HttpLimits(Duration timeout, int maxBytes, int maxExchanges, int maxWaiting) {

	/**
	 * Create limits.
	 * @throws IllegalArgumentException if the timeout, the number of bytes or that of
	 * exchanges is not positive, or that of waiting ones is negative
	 */
	public HttpLimits {
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("A timeout of %s is not possible".formatted(timeout));
		}
		if (maxBytes < 1 || maxExchanges < 1 || maxWaiting < 0) {
			throw new IllegalArgumentException("Limits of %d bytes, %d exchanges and %d waiting are not possible"
				.formatted(maxBytes, maxExchanges, maxWaiting));
		}
	}

}
