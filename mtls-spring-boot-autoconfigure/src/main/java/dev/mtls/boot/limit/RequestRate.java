package dev.mtls.boot.limit;

import java.time.Duration;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How many requests may be made.
 *
 * @param permits the number of requests that is earned in each period, evenly
 * @param period the period
 * @param burst the number of requests that may come at once
 */
public record RequestRate(int permits, Duration period, int burst) {

	/**
	 * Create a rate.
	 * @throws MtlsException with {@link Reason#CONFIGURATION_INVALID} if a value is not
	 * positive, or there are more permits than one a nanosecond
	 */
	public RequestRate {
		check(permits > 0, "permits=" + permits, "would admit no request", "set at least 1");
		check(burst > 0, "burst=" + burst, "would admit no request", "set at least 1");
		check(!period.isNegative() && !period.isZero(), "period=" + period, "is not positive",
				"set a duration such as 1s");
		check(permits <= period.toNanos(), "permits=" + permits, "are more than one a nanosecond",
				"set fewer permits or a longer period");
	}

	private static void check(boolean condition, String place, String problem, String fix) {
		if (!condition) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, problem, fix);
		}
	}

}
