package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.gate.Explanation.Step;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.trust.VerifiedPath;
import dev.mtls.trust.VerifiedPeer;

/**
 * Goes the way that an admission goes, and notes each step. It decides nothing.
 */
final class ExplanationSteps {

	private final List<Step> steps = new ArrayList<>();

	private final GateSettings settings;

	private final GateState state;

	private final @Nullable InetAddress address;

	private final Instant now;

	ExplanationSteps(GateSettings settings, GateState state, @Nullable InetAddress address, Instant now) {
		this.settings = settings;
		this.state = state;
		this.address = address;
		this.now = now;
	}

	List<Step> of(List<X509Certificate> chain, boolean killed) {
		add("kill switch", !killed, killed ? "engaged" : "released");
		if (!killed && isAddressAllowed()) {
			if (chain.isEmpty()) {
				add("certificate", !this.settings.certificateRequired(), "none presented");
			}
			else {
				peer(chain);
			}
		}
		return this.steps;
	}

	private boolean isAddressAllowed() {
		if (this.address == null) {
			add("address", true, "not known");
			return true;
		}
		return add(Step.of("address", this.state.admitAddress(this.address))) || this.settings.reportOnly();
	}

	private void peer(List<X509Certificate> chain) {
		add("certificate", true, "presented %s".formatted(names(chain)));
		Verdict<VerifiedPath> path = this.state.verifyPath(chain, this.now);
		if (path instanceof Verdict.Refused<VerifiedPath> refused) {
			add(Step.denied("path", refused.denial()));
			return;
		}
		VerifiedPath verified = ((Verdict.Accepted<VerifiedPath>) path).value();
		add("path", true, "%s, valid until %s".formatted(names(verified.withAnchor()), verified.notAfter()));
		add("identity", true, verified.identity().displayName());
		Verdict<VerifiedPeer> peer = this.state.verifyPeer(verified, this.now);
		if (peer instanceof Verdict.Refused<VerifiedPeer> refused) {
			add(Step.denied("revocation", refused.denial()));
			return;
		}
		VerifiedPeer admissible = ((Verdict.Accepted<VerifiedPeer>) peer).value();
		add("revocation", true, revocation(admissible));
		rules(admissible);
	}

	private void rules(VerifiedPeer peer) {
		IdentityPattern proxy = this.state.proxyRule(peer);
		if (proxy != null) {
			add("proxy", true, proxy.toString());
			return;
		}
		boolean pinned = add(Step.of("pins", this.state.rules().pins().admit(peer.path())));
		if (pinned || this.settings.reportOnly()) {
			add(Step.of("allowed peers",
					this.state.rules().access().admitIdentity(peer.identity(), peer.path().trustDomains())));
		}
	}

	private String revocation(VerifiedPeer peer) {
		RevocationPolicy.Mode mode = this.settings.revocation().mode();
		Decision.Deny tolerated = peer.tolerated();
		if (tolerated != null) {
			return "tolerated by %s: %s".formatted(mode, tolerated.detail());
		}
		return this.settings.revocation().isOn() ? "not revoked, asked again at %s".formatted(peer.validUntil())
				: "not checked";
	}

	private boolean add(Step step) {
		this.steps.add(step);
		return step.passed();
	}

	private void add(String subject, boolean passed, String detail) {
		add(new Step(subject, passed, detail));
	}

	private static String names(List<X509Certificate> certificates) {
		return certificates.stream()
			.map((certificate) -> "'%s'".formatted(certificate.getSubjectX500Principal().getName()))
			.collect(Collectors.joining(" issued by "));
	}

}
