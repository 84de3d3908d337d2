package dev.mtls.gate;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;

/**
 * Everything that a gate decides with, read at one moment: key and chain, trust anchors
 * and rules. It is replaced as a whole or not at all.
 *
 * @param key the own key and chain, or {@code null} for a client without certificate
 * @param trust the trust anchors
 * @param rules the rules as configured
 * @param warnings what is allowed but unwise in it
 */
public record Snapshot(@Nullable KeyMaterial key, TrustMaterial trust, Rules rules, List<String> warnings) {

	public Snapshot {
		warnings = List.copyOf(warnings);
	}

	/**
	 * Check what depends on the time.
	 * @param now the time
	 * @throws dev.mtls.decision.MtlsException if the own certificate is not valid now
	 */
	void check(Instant now) {
		if (this.key != null) {
			this.key.checkValidity(now);
		}
	}

}
