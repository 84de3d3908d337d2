package dev.mtls.boot.gate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

import dev.mtls.decision.PrintableText;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.Rules;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.trust.PeerRole;

/**
 * Writes one line for each gate as it starts: who the application is there, whom it
 * trusts, and by which rules. What is weak about that is a warning.
 */
public final class StartupReport implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog("dev.mtls");

	private static final int MAX_ANCHORS = 5;

	private final GateRegistry gates;

	private final InstantSource clock;

	/**
	 * Create the report.
	 * @param gates the gates
	 * @param clock the clock
	 */
	public StartupReport(GateRegistry gates, InstantSource clock) {
		this.gates = gates;
		this.clock = clock;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.gates.forEach((gate) -> {
			logger.info(line(gate));
			WeakChoices.of(gate, this.clock.instant())
				.forEach((choice) -> logger.warn("[%s] %s".formatted(gate.settings().name(), choice)));
		});
	}

	private String line(Gate gate) {
		GateSettings settings = gate.settings();
		KeyMaterial key = gate.snapshot().key();
		List<String> parts = new ArrayList<>();
		parts.add((key != null) ? "is " + described(key.leaf()) : "has no certificate of its own");
		parts.add("trusts " + trusted(gate.snapshot().trust()));
		parts.add("allows " + allowed(gate.rules()));
		parts.add(settings.revocation().isOn() ? "revocation " + hyphenated(settings.revocation().mode())
				: "revocation is not looked up");
		if (settings.peerRole() == PeerRole.CLIENT) {
			parts.add(settings.certificateRequired() ? "client-auth need" : "client-auth want");
		}
		parts.add(settings.reportOnly() ? "mode report-only" : "mode enforce");
		parts.add(String.join(" and ", settings.tls().protocols()));
		return "[%s] Mutual TLS with bundle mtls-%s: %s".formatted(settings.name(), settings.name(),
				String.join("; ", parts));
	}

	private String trusted(TrustMaterial trust) {
		int platformAnchors = trust.anchors().size() - trust.configuredAnchors().size();
		if (platformAnchors == 0) {
			return anchors(trust.anchors());
		}
		String platform = "the %d anchors of the Java platform".formatted(platformAnchors);
		return trust.configuredAnchors().isEmpty() ? platform
				: "%s and %s".formatted(anchors(trust.configuredAnchors()), platform);
	}

	private String anchors(List<X509Certificate> anchors) {
		String first = anchors.stream().limit(MAX_ANCHORS).map(this::described).collect(Collectors.joining(", "));
		return (anchors.size() > MAX_ANCHORS) ? "%s and %d more".formatted(first, anchors.size() - MAX_ANCHORS) : first;
	}

	private String described(X509Certificate certificate) {
		return "%s (%d days left)".formatted(name(certificate),
				Duration.between(this.clock.instant(), certificate.getNotAfter().toInstant()).toDays());
	}

	private static String allowed(Rules rules) {
		List<String> allowed = new ArrayList<>();
		allowed.add((rules.access().allowedPeers() != null)
				? "peers by %d rules".formatted(rules.access().allowedPeers().size()) : "any trusted peer");
		allowed.add((rules.access().allowedNetworks() != null)
				? "from %d networks".formatted(rules.access().allowedNetworks().size()) : "from any address");
		int pins = rules.pins().keyDigests().size() + rules.pins().fingerprints().size();
		if (pins > 0) {
			allowed.add("with one of %d pins".formatted(pins));
		}
		return String.join(" ", allowed);
	}

	private static String name(X509Certificate certificate) {
		return "'%s'".formatted(PrintableText.of(certificate.getSubjectX500Principal().getName()));
	}

	private static String hyphenated(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
