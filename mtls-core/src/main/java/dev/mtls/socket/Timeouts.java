package dev.mtls.socket;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How long things may take. A handshake is bounded by its gate.
 *
 * @param connect a TCP connection to one address
 * @param read the next bytes of a peer, or {@code null} for no bound
 * @param write a record until it is handed to the kernel, or {@code null} for no bound
 */
record Timeouts(Duration connect, @Nullable Duration read, @Nullable Duration write) {

	/**
	 * Check that a duration is one that can be waited for.
	 * @param place what it is
	 * @param duration the duration
	 * @return the duration
	 * @throws MtlsException if it is not positive
	 */
	static Duration check(String place, Duration duration) {
		if (duration.isNegative() || duration.isZero()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(place, duration),
					"the duration is not positive", "set a duration such as PT10S");
		}
		return duration;
	}

	/**
	 * A timeout as sockets take it.
	 * @param duration the timeout, or {@code null} for none
	 * @return milliseconds, rounded up; 0 for none
	 */
	static int millis(@Nullable Duration duration) {
		if (duration == null) {
			return 0;
		}
		return (int) Math.min(duration.plusNanos(999_999).toMillis(), Integer.MAX_VALUE);
	}

}
