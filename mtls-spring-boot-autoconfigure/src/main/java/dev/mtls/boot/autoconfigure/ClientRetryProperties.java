package dev.mtls.boot.autoconfigure;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.boot.client.ClientRetry;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Whether and how a request is tried again after its connection failed. What was refused
 * by policy never is.
 *
 * @param attempts How often a request is sent at most, the first time included. Once if
 * not set.
 * @param delay Pause before the second attempt.
 * @param multiplier Factor by which each pause is longer than the one before.
 * @param maxDelay Longest pause.
 * @param jitter Part of a pause, from 0 to 1, by which it varies at random.
 * @param methods Methods that may be sent twice. The idempotent ones if not set.
 * @param statuses Statuses after which a request is tried again. None if not set.
 */
record ClientRetryProperties(@DefaultValue("1") int attempts, @DefaultValue("200ms") Duration delay,
		@DefaultValue("2") double multiplier, @DefaultValue("5s") Duration maxDelay, @DefaultValue("0.5") double jitter,
		@Nullable Set<String> methods, @DefaultValue Set<Integer> statuses) {

	@Nullable ClientRetry retry(String prefix) {
		check(prefix, "attempts", this.attempts, this.attempts >= 1 && this.attempts <= 100, "from 1 to 100");
		check(prefix, "multiplier", this.multiplier, this.multiplier >= 1, "at least 1");
		check(prefix, "jitter", this.jitter, this.jitter >= 0 && this.jitter <= 1, "from 0 to 1");
		ClientPoolProperties.checkTime(prefix + ".retry.delay", this.delay);
		check(prefix, "max-delay", this.maxDelay, this.maxDelay.compareTo(this.delay) >= 0, "at least the delay");
		if (this.attempts == 1) {
			return null;
		}
		return new ClientRetry(this.attempts, this.delay, this.multiplier, this.maxDelay, this.jitter,
				Objects.requireNonNullElse(this.methods, ClientRetry.IDEMPOTENT), this.statuses);
	}

	private static void check(String prefix, String key, Object value, boolean valid, String range) {
		if (!valid) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.retry.%s=%s".formatted(prefix, key, value),
					"it is out of its range", "set a value that is " + range);
		}
	}

}
