package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.health.contributor.Status;

import dev.mtls.boot.actuate.HealthThresholds;

/**
 * When the health of certificates changes, and to what.
 *
 * @param warn Time before the end of a certificate, of its chain or of a trust anchor
 * from which on to warn.
 * @param critical Time before the end of a certificate, of its chain or of a trust anchor
 * from which on it is critical.
 * @param warnStatus Status of a part that warns. One that management.endpoint.health does
 * not know shows at its part and changes nothing else.
 * @param criticalStatus Status of a part that is critical. With OUT_OF_SERVICE or DOWN
 * load balancers that ask for the health stop sending requests.
 */
@ConfigurationProperties(prefix = "mtls.health", ignoreUnknownFields = false)
record MtlsHealthProperties(@DefaultValue("30d") Duration warn, @DefaultValue("7d") Duration critical,
		@DefaultValue("WARNING") String warnStatus, @DefaultValue("CRITICAL") String criticalStatus) {

	HealthThresholds thresholds() {
		return new HealthThresholds(this.warn, this.critical, new Status(this.warnStatus),
				new Status(this.criticalStatus));
	}

}
