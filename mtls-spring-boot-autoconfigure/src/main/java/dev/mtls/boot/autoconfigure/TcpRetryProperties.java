package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.client.Backoff;

/**
 * How a TCP client tries to connect again. What was refused by policy never is.
 *
 * @param maxAttempts How often it is tried again at most. Unlimited if not set.
 * @param firstDelay Pause before the first further attempt. Each is twice as long as the
 * one before.
 * @param maxDelay Longest pause.
 * @param jitter Part of a pause, from 0 to 1, by which it varies at random.
 */
record TcpRetryProperties(@Nullable Long maxAttempts, @DefaultValue("100ms") Duration firstDelay,
		@DefaultValue("30s") Duration maxDelay, @DefaultValue("0.5") double jitter) {

	Backoff backoff(String prefix) {
		ClientPoolProperties.checkTime(prefix + ".first-delay", this.firstDelay);
		check("%s.max-delay=%s".formatted(prefix, this.maxDelay), this.maxDelay.compareTo(this.firstDelay) >= 0,
				"at least first-delay=%s".formatted(this.firstDelay));
		check("%s.jitter=%s".formatted(prefix, this.jitter), this.jitter >= 0 && this.jitter <= 1, "from 0 to 1");
		if (this.maxAttempts == null) {
			return new Backoff(this.firstDelay, this.maxDelay, this.jitter, Backoff.UNLIMITED);
		}
		check("%s.max-attempts=%d".formatted(prefix, this.maxAttempts), this.maxAttempts >= 0, "0 or more");
		return new Backoff(this.firstDelay, this.maxDelay, this.jitter, this.maxAttempts);
	}

	private static void check(String place, boolean valid, String range) {
		if (!valid) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "it is out of its range",
					"set a value that is " + range);
		}
	}

}
