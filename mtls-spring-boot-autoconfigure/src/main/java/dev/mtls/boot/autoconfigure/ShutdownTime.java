package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How long connections may go on when the application stops. Spring waits no longer than
 * for its own time, and takes away then what they need.
 */
final class ShutdownTime {

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private ShutdownTime() {
	}

	/**
	 * Check a time.
	 * @param environment has the time of Spring
	 * @param property the property that may set a time
	 * @param time the time that it sets, or {@code null} for that of Spring
	 * @return the time
	 * @throws MtlsException if it is negative, or longer than that of Spring
	 */
	static Duration of(Environment environment, String property, @Nullable Duration time) {
		Duration phaseTimeout = Binder.get(environment)
			.bind(PHASE_TIMEOUT, Duration.class)
			.orElse(Duration.ofSeconds(30));
		if (time == null) {
			return phaseTimeout;
		}
		String place = "%s=%s".formatted(property, time);
		if (time.isNegative()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place, "the time is negative",
					"set a duration such as 30s, or 0 to cut connections at once");
		}
		if (time.compareTo(phaseTimeout) > 0) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, place,
					"the application is taken down after %s=%s".formatted(PHASE_TIMEOUT, phaseTimeout),
					"lower it, or set %s to as much".formatted(PHASE_TIMEOUT));
		}
		return time;
	}

}
