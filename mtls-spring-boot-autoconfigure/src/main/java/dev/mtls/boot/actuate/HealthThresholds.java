package dev.mtls.boot.actuate;

import java.time.Duration;

import org.springframework.boot.health.contributor.Status;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How long before the end of a certificate its health changes, and to what.
 *
 * @param warn the time left from which on to warn
 * @param critical the time left from which on it is critical, no longer than {@code warn}
 * @param warnStatus the status of a warning
 * @param criticalStatus the status of what is critical
 */
public record HealthThresholds(Duration warn, Duration critical, Status warnStatus, Status criticalStatus) {

	/**
	 * Create thresholds.
	 * @throws MtlsException with {@link Reason#CONFIGURATION_CONFLICT} if critical begins
	 * before the warning does
	 */
	public HealthThresholds {
		if (critical.compareTo(warn) > 0) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "mtls.health.critical=" + critical,
					"it is longer than mtls.health.warn=" + warn, "make critical the shorter of the two");
		}
	}

	Severity severityOf(Duration left) {
		if (left.isNegative() || left.isZero()) {
			return Severity.DOWN;
		}
		if (left.compareTo(this.critical) <= 0) {
			return Severity.CRITICAL;
		}
		return (left.compareTo(this.warn) <= 0) ? Severity.WARN : Severity.UP;
	}

	Status statusOf(Severity severity) {
		return switch (severity) {
			case UP -> Status.UP;
			case WARN -> this.warnStatus;
			case CRITICAL -> this.criticalStatus;
			case DOWN -> Status.DOWN;
		};
	}

	/**
	 * How bad it is.
	 */
	enum Severity {

		UP, WARN, CRITICAL, DOWN;

		Severity worst(Severity other) {
			return (compareTo(other) >= 0) ? this : other;
		}

		Severity atMost(Severity limit) {
			return (compareTo(limit) <= 0) ? this : limit;
		}

	}

}
