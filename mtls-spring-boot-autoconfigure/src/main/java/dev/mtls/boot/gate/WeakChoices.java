package dev.mtls.boot.gate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.mtls.decision.PrintableText;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.trust.PeerRole;

/**
 * What is weak about a gate as it is configured: it is allowed, but an operator should
 * know.
 */
final class WeakChoices {

	// A private PKI has a few; a bundle of public authorities has more than a hundred
	private static final int MANY_ANCHORS = 20;

	private WeakChoices() {
	}

	/**
	 * List the weak choices of a gate.
	 * @param gate the gate
	 * @param now the present
	 * @return for each what follows from it and what to do instead
	 */
	static List<String> of(Gate gate, Instant now) {
		GateSettings settings = gate.settings();
		List<X509Certificate> anchors = gate.snapshot().trust().anchors();
		List<String> choices = new ArrayList<>();
		if (settings.reportOnly()) {
			choices.add("whom it would refuse by name, network, pin or limit gets in and is only reported; "
					+ "set mode=enforce once the reports are as expected");
		}
		if (settings.revocation().isOn() && settings.revocation().mode() == RevocationPolicy.Mode.SOFT_FAIL) {
			choices.add("while it is not known whether a certificate is revoked, its holder gets in; "
					+ "set revocation.mode=hard-fail once CRLs and responders are dependable");
		}
		if (settings.peerRole() == PeerRole.CLIENT && anchors.size() > MANY_ANCHORS && letsAnyNameIn(gate)) {
			choices.add("%d trust anchors and neither names nor pins let in whomever one of them has certified; "
				.formatted(anchors.size()) + "set allowed-clients, or trust your own authorities only");
		}
		if (!settings.tls().protocols().contains("TLSv1.3")) {
			choices.add("TLSv1.3 is not spoken; add it to protocols");
		}
		gate.snapshot()
			.trust()
			.configuredAnchors()
			.stream()
			.filter((anchor) -> anchor.getNotAfter().toInstant().isBefore(now))
			.forEach((anchor) -> choices
				.add("trust anchor '%s' has expired, so that nobody gets in by it; remove it from trust-certificates"
					.formatted(PrintableText.of(anchor.getSubjectX500Principal().getName()))));
		return choices;
	}

	private static boolean letsAnyNameIn(Gate gate) {
		AccessPolicy access = gate.rules().access();
		return access.allowedPeers() == null && gate.rules().pins().keyDigests().isEmpty()
				&& gate.rules().pins().fingerprints().isEmpty();
	}

}
