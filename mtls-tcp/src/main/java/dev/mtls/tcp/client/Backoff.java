package dev.mtls.tcp.client;

import java.time.Duration;
import java.util.function.Predicate;

import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How long to wait before a connection is tried again.
 *
 * @param first the wait before the first further attempt
 * @param max the longest wait
 * @param jitter by how much of itself each wait is made shorter or longer at random, from
 * 0 to 1
 * @param attempts how many further attempts there are at most
 */
public record Backoff(Duration first, Duration max, double jitter, long attempts) {

	/**
	 * Any number of attempts.
	 */
	public static final long UNLIMITED = Long.MAX_VALUE;

	private static final double JITTER = 0.5;

	/**
	 * Create a backoff.
	 * @throws MtlsException if a value is out of its range
	 */
	public Backoff {
		if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "backoff=%s..%s".formatted(first, max),
					"the first wait is not positive, or longer than the longest",
					"set a first wait such as 100ms, and a longest such as 30s");
		}
		if (!(jitter >= 0 && jitter <= 1)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "jitter=" + jitter, "it is not from 0 to 1",
					"set a jitter such as 0.5");
		}
		if (attempts < 0) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "attempts=" + attempts, "it is negative",
					"set the number of further attempts, 0 for none");
		}
	}

	/**
	 * Wait twice as long each time, with jitter, and try any number of times.
	 * @param first the wait before the first further attempt
	 * @param max the longest wait
	 * @return the backoff
	 */
	public static Backoff exponential(Duration first, Duration max) {
		return new Backoff(first, max, JITTER, UNLIMITED);
	}

	/**
	 * Wait the same time each time, and try any number of times.
	 * @param delay the wait
	 * @return the backoff
	 */
	public static Backoff fixed(Duration delay) {
		return new Backoff(delay, delay, 0, UNLIMITED);
	}

	/**
	 * The same backoff with a bound on the attempts.
	 * @param attempts how many further attempts there are at most
	 * @return the backoff
	 */
	public Backoff withAttempts(long attempts) {
		return new Backoff(this.first, this.max, this.jitter, attempts);
	}

	/**
	 * For attempts to connect: those failures are worth while that are
	 * {@linkplain MtlsException#isRecoverable() recoverable}.
	 * @return what Reactor takes. The last failure is passed on as it is
	 */
	public Retry retryConnect() {
		return retry((failure) -> failure instanceof MtlsException known && known.isRecoverable());
	}

	/**
	 * The same as Reactor knows it. The last failure is passed on as it is.
	 * @param failures the failures after which it is worth while
	 * @return the retry
	 */
	RetryBackoffSpec retry(Predicate<Throwable> failures) {
		return Retry.backoff(this.attempts, this.first)
			.maxBackoff(this.max)
			.jitter(this.jitter)
			.filter(failures)
			.onRetryExhaustedThrow((spec, signal) -> signal.failure());
	}

}
