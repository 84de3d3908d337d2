package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.boot.limit.RequestRate;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How many requests may be made with one certificate.
 *
 * @param permits Number of requests that a certificate earns in each period. Unlimited if
 * not set.
 * @param period Time in which the permits are earned, evenly.
 * @param burst Number of requests that may come at once. The permits of a period if not
 * set.
 */
record RateLimitProperties(@Nullable Integer permits, @DefaultValue("1s") Duration period, @Nullable Integer burst) {

	RequestRate requestRate(String prefix) {
		if (this.permits == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".permits",
					"it is not set, so that the rest of %s limits nothing".formatted(prefix),
					"set the number of requests that a certificate earns in each period");
		}
		try {
			return new RequestRate(this.permits, this.period, (this.burst != null) ? this.burst : this.permits);
		}
		catch (MtlsException ex) {
			throw ex.at(prefix);
		}
	}

}
