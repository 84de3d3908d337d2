package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How changes of material and rules are noticed.
 *
 * @param enabled Whether to look for changes while the application runs.
 * @param interval Pause between two looks at the content of all files.
 */
@ConfigurationProperties(prefix = "mtls.reload", ignoreUnknownFields = false)
record MtlsReloadProperties(@DefaultValue("true") boolean enabled, @DefaultValue("10s") Duration interval) {

	MtlsReloadProperties {
		if (interval.isNegative() || interval.isZero()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "mtls.reload.interval=" + interval,
					"the interval is not positive", "set a duration such as 10s, or mtls.reload.enabled=false");
		}
	}

}
