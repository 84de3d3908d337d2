package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.tls.HandshakeVerifier;
import dev.mtls.tls.PresentedChain;
import dev.mtls.tls.SslContexts;
import dev.mtls.trust.PeerVerifier;
import dev.mtls.trust.VerifiedPeer;

/**
 * One generation of a gate: its snapshot and what was made of it.
 */
final class GateState {

	private final GateSettings settings;

	private final InstantSource clock;

	private final BiConsumer<@Nullable Object, Decision.Deny> denials;

	private final long generation;

	private final Snapshot snapshot;

	private final PathCache paths;

	private final Rules rules;

	private final PeerVerifier peers = new PeerVerifier();

	private final SSLContext sslContext;

	private final SSLContext standaloneSslContext;

	private GateState(GateSettings settings, InstantSource clock, BiConsumer<@Nullable Object, Decision.Deny> denials,
			long generation, Snapshot snapshot, Rules rules, PathCache paths) {
		this.settings = settings;
		this.clock = clock;
		this.denials = denials;
		this.generation = generation;
		this.snapshot = snapshot;
		this.rules = rules;
		this.paths = paths;
		this.sslContext = createSslContext(this::verifyPath);
		this.standaloneSslContext = createSslContext(this::verifyPathAndRules);
	}

	static GateState first(GateSettings settings, Snapshot snapshot, Rules rules,
			BiConsumer<@Nullable Object, Decision.Deny> denials, InstantSource clock) {
		return new GateState(settings, clock, denials, 1, snapshot, rules,
				new PathCache(snapshot.trust(), settings.peerRole()));
	}

	GateState next(Snapshot snapshot, Rules rules) {
		return new GateState(this.settings, this.clock, this.denials, this.generation + 1, snapshot, rules,
				this.paths.follow(snapshot.trust()));
	}

	long generation() {
		return this.generation;
	}

	Snapshot snapshot() {
		return this.snapshot;
	}

	Rules rules() {
		return this.rules;
	}

	SSLContext sslContext() {
		return this.sslContext;
	}

	SSLContext standaloneSslContext() {
		return this.standaloneSslContext;
	}

	Verdict<Admission> admit(List<X509Certificate> chain, @Nullable InetAddress address, Instant now) {
		if (chain.isEmpty() && !this.settings.certificateRequired()) {
			return admit(null, address);
		}
		return verify(chain, now).then((peer) -> admit(peer, address));
	}

	Verdict<VerifiedPeer> verify(List<X509Certificate> chain, Instant now) {
		return this.paths.verify(chain, now).then((path) -> this.peers.verify(path, now));
	}

	Decision verifyPathAndRules(PresentedChain presented) {
		return decide(presented,
				verify(presented).then((peer) -> checkHostName(presented, peer)).then((peer) -> admit(peer, null)));
	}

	private Verdict<Admission> admit(@Nullable VerifiedPeer peer, @Nullable InetAddress address) {
		Set<String> authorities = (peer != null) ? this.rules.authorities().authoritiesOf(peer.identity()) : Set.of();
		Decision decision = this.rules.decide(peer, address);
		if (decision instanceof Decision.Allow allow) {
			return Verdict.accepted(new Admission(peer, authorities, this.generation, allow));
		}
		Decision.Deny denial = (Decision.Deny) decision;
		if (this.settings.reportOnly()) {
			return Verdict.accepted(Admission.reported(peer, authorities, this.generation, denial));
		}
		if (peer != null && !this.settings.certificateRequired() && denial.reason() != Reason.ADDRESS_NOT_ALLOWED) {
			return Verdict.accepted(Admission.deferred(peer, this.generation, denial));
		}
		return new Verdict.Refused<>(denial);
	}

	private Decision verifyPath(PresentedChain presented) {
		return decide(presented, verify(presented).then((peer) -> checkHostName(presented, peer)));
	}

	private Verdict<VerifiedPeer> verify(PresentedChain presented) {
		if (presented.role() != this.settings.peerRole()) {
			return Verdict.refused(Reason.KEY_USAGE_WRONG,
					"this is the context of a gate for peers in the role of a %s".formatted(this.settings.peerRole()));
		}
		return verify(presented.certificates(), this.clock.instant());
	}

	private Verdict<VerifiedPeer> checkHostName(PresentedChain presented, VerifiedPeer peer) {
		if (!this.settings.hostNameChecked()) {
			return Verdict.accepted(peer);
		}
		String host = presented.host();
		if (host == null) {
			return Verdict.refused(Reason.HOST_NAME_MISMATCH,
					"the HTTP client did not tell which host it connects to, so its name cannot be checked");
		}
		if (!ReferenceIdentifier.of(host).matches(peer.identity())) {
			return Verdict.refused(Reason.HOST_NAME_MISMATCH,
					"connected to %s, but the certificate holds the DNS names %s and the addresses %s".formatted(host,
							peer.identity().dnsNames(), peer.identity().ipAddresses()));
		}
		return Verdict.accepted(peer);
	}

	private Decision decide(PresentedChain presented, Verdict<?> verdict) {
		if (verdict instanceof Verdict.Refused<?> refused) {
			this.denials.accept(presented.connection(), refused.denial());
			return refused.denial();
		}
		return new Decision.Allow("handshake");
	}

	private SSLContext createSslContext(HandshakeVerifier verifier) {
		return SslContexts.create(this.snapshot.key(), verifier, this.snapshot.trust().anchors());
	}

}
