package dev.mtls.gate;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.revocation.CrlDocument;

/**
 * Everything that a gate decides with, read at one moment: key and chain, trust anchors
 * and rules. It is replaced as a whole or not at all.
 *
 * @param key the own key and chain, or {@code null} if there is none and none is needed
 * @param trust the trust anchors
 * @param rules the rules as configured
 * @param crls CRLs that nobody has verified yet
 * @param warnings what is allowed but unwise in it
 */
public record Snapshot(@Nullable KeyMaterial key, TrustMaterial trust, Rules rules, List<CrlDocument> crls,
		List<String> warnings) {

	/**
	 * Create a snapshot with copies of the CRLs and warnings.
	 */
	public Snapshot {
		crls = List.copyOf(crls);
		warnings = List.copyOf(warnings);
	}

	/**
	 * Check what depends on the gate and on the time.
	 * @param settings the settings of the gate
	 * @param now the time
	 * @throws MtlsException if an own certificate is needed and there is none, or the own
	 * one is not valid now
	 */
	void check(GateSettings settings, Instant now) {
		if (this.key != null) {
			this.key.checkValidity(now);
		}
		else if (settings.keyRequired()) {
			throw keyMissing(this.trust.place());
		}
	}

	static MtlsException keyMissing(String place) {
		return new MtlsException(Reason.KEY_MISSING, place, "the server has no certificate to present",
				"set certificate and private-key, or a key store or bundle that holds both");
	}

	/**
	 * The same without CRLs, which need much memory until they are read.
	 * @return the snapshot
	 */
	Snapshot withoutCrls() {
		return new Snapshot(this.key, this.trust, this.rules, List.of(), this.warnings);
	}

}
