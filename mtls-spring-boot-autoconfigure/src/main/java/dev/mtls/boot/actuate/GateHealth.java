package dev.mtls.boot.actuate;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import dev.mtls.boot.actuate.HealthThresholds.Severity;
import dev.mtls.gate.Gate;
import dev.mtls.gate.OcspResponderStatus;
import dev.mtls.gate.ReloadStatus;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.revocation.Crl;
import dev.mtls.revocation.RevocationPolicy;

/**
 * The health of one gate, part by part.
 */
final class GateHealth {

	private final Gate gate;

	private final HealthThresholds thresholds;

	private final InstantSource clock;

	GateHealth(Gate gate, HealthThresholds thresholds, InstantSource clock) {
		this.gate = gate;
		this.thresholds = thresholds;
		this.clock = clock;
	}

	@Nullable HealthIndicator part(String name) {
		return switch (name) {
			case "identity" -> (this.gate.snapshot().key() != null) ? this::identity : null;
			case "trust" -> this::trust;
			case "revocation" -> this.gate.settings().revocation().isOn() ? this::revocation : null;
			case "reload" -> this::reload;
			default -> null;
		};
	}

	static List<String> parts() {
		return List.of("identity", "trust", "revocation", "reload");
	}

	private Health identity() {
		KeyMaterial key = this.gate.snapshot().key();
		if (key == null) {
			return Health.unknown().build();
		}
		Instant now = this.clock.instant();
		List<CertificateDescriptor> chain = CertificateDescriptor.of(key.chain(), now);
		Severity severity = chain.stream()
			.map((certificate) -> this.thresholds.severityOf(certificate.left(now)))
			.reduce(Severity.UP, Severity::worst);
		return health(severity).withDetail("daysLeft", daysLeft(chain)).withDetail("chain", chain).build();
	}

	private Health trust() {
		TrustMaterial trust = this.gate.snapshot().trust();
		int platformAnchors = trust.anchors().size() - trust.configuredAnchors().size();
		if (trust.configuredAnchors().isEmpty()) {
			return health(Severity.UP).withDetail("platformAnchors", platformAnchors).build();
		}
		Instant now = this.clock.instant();
		List<CertificateDescriptor> anchors = CertificateDescriptor.of(trust.configuredAnchors(), now);
		List<Severity> severities = anchors.stream()
			.map((anchor) -> this.thresholds.severityOf(anchor.left(now)))
			.sorted()
			.toList();
		// While a CA is replaced, the old one may expire beside the new one
		Severity worst = severities.get(severities.size() - 1);
		boolean others = severities.get(0) == Severity.UP || platformAnchors > 0;
		Severity severity = others ? worst.atMost(Severity.WARN) : worst;
		Health.Builder health = health(severity).withDetail("daysLeft", daysLeft(anchors))
			.withDetail("anchors", anchors);
		return (platformAnchors > 0) ? health.withDetail("platformAnchors", platformAnchors).build() : health.build();
	}

	private Health revocation() {
		RevocationPolicy policy = this.gate.settings().revocation();
		boolean hardFail = policy.mode() == RevocationPolicy.Mode.HARD_FAIL;
		Severity failed = hardFail ? Severity.CRITICAL : Severity.WARN;
		Instant now = this.clock.instant();
		List<CrlDescriptor> crls = this.gate.revocation()
			.crls()
			.crls()
			.stream()
			.map((crl) -> CrlDescriptor.of(crl, policy.maxAge(), now))
			.toList();
		List<OcspResponderStatus> responders = this.gate.ocspResponders();
		Severity severity = crls.stream().allMatch(CrlDescriptor::current) ? Severity.UP : failed;
		// Peers' certificates name responders, so that one that fails is no more than a
		// warning
		boolean unreachable = responders.stream().anyMatch((responder) -> responder.problem() != null);
		if (policy.crls() && policy.ocsp() == null && crls.isEmpty()) {
			severity = failed;
		}
		Health.Builder health = health(severity.worst(unreachable ? Severity.WARN : Severity.UP)).withDetail("mode",
				policy.mode());
		if (policy.crls() || policy.distributionPoints()) {
			health.withDetail("crls", crls);
		}
		if (policy.ocsp() != null) {
			health.withDetail("ocspResponders", responders.stream().map(ResponderDescriptor::of).toList());
		}
		return health.build();
	}

	private Health reload() {
		ReloadStatus status = this.gate.reloadStatus();
		Health.Builder health = health((status.failure() != null) ? Severity.WARN : Severity.UP)
			.withDetail("generation", this.gate.generation())
			.withDetail("loaded", status.loaded());
		if (status.failure() != null && status.failed() != null) {
			health.withDetail("failed", status.failed())
				.withDetail("reason", status.failure().reason().code())
				.withDetail("error", String.valueOf(status.failure().getMessage()));
		}
		return health.build();
	}

	private Health.Builder health(Severity severity) {
		return Health.status(this.thresholds.statusOf(severity));
	}

	private static long daysLeft(List<CertificateDescriptor> certificates) {
		return certificates.stream().mapToLong(CertificateDescriptor::daysLeft).min().orElseThrow();
	}

	/**
	 * What operators are shown of a CRL.
	 *
	 * @param issuer its issuer
	 * @param thisUpdate when it was issued
	 * @param nextUpdate when the next is due, or {@code null} if it does not say
	 * @param ageSeconds the seconds since it was issued
	 * @param entries how many certificates it lists
	 * @param current whether it counts at present
	 */
	record CrlDescriptor(String issuer, Instant thisUpdate, @Nullable Instant nextUpdate, long ageSeconds, int entries,
			boolean current) {

		static CrlDescriptor of(Crl crl, @Nullable Duration maxAge, Instant now) {
			return new CrlDescriptor(crl.issuer().getName(), crl.thisUpdate(), crl.nextUpdate(),
					Duration.between(crl.thisUpdate(), now).toSeconds(), crl.size(), crl.isCurrent(now, maxAge));
		}

	}

	/**
	 * What operators are shown of an OCSP responder.
	 *
	 * @param responder its address
	 * @param reachable whether it gave an answer that can be used when it was asked last
	 * @param asked when that was
	 * @param millis how long it took
	 * @param problem what went wrong, or {@code null}
	 */
	record ResponderDescriptor(String responder, boolean reachable, Instant asked, long millis,
			@Nullable String problem) {

		static ResponderDescriptor of(OcspResponderStatus status) {
			return new ResponderDescriptor(status.responder().toString(), status.problem() == null, status.asked(),
					status.took().toMillis(), status.problem());
		}

	}

}
