package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Category;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.ReferenceIdentifier;
import dev.mtls.revocation.Revocation;
import dev.mtls.revocation.RevocationPolicy;
import dev.mtls.tls.HandshakeVerifier;
import dev.mtls.tls.PresentedChain;
import dev.mtls.tls.SslContexts;
import dev.mtls.trust.PeerVerifier;
import dev.mtls.trust.VerifiedPath;
import dev.mtls.trust.VerifiedPeer;

/**
 * One generation of a gate: its snapshot and what was made of it.
 */
final class GateState {

	private static final Set<Reason> REVOCATION = Set.of(Reason.CERTIFICATE_REVOKED, Reason.REVOCATION_UNKNOWN);

	private final GateSettings settings;

	private final HandshakeVerifier verifier;

	private final HandshakeVerifier standaloneVerifier;

	private final long generation;

	private final Snapshot snapshot;

	private final PathCache paths;

	private final Rules rules;

	private final PeerVerifier peers;

	// Revocation is looked at after the handshake, when there is somebody who may wait
	private final PeerVerifier handshakePeers = new PeerVerifier(new Revocation(RevocationPolicy.OFF));

	private final SSLContext sslContext;

	private final SSLContext standaloneSslContext;

	private GateState(GateSettings settings, HandshakeVerifier verifier, HandshakeVerifier standaloneVerifier,
			long generation, Snapshot snapshot, Rules rules, PathCache paths, PeerVerifier peers) {
		rules.check(snapshot.trust(), settings.proxies());
		this.settings = settings;
		this.verifier = verifier;
		this.standaloneVerifier = standaloneVerifier;
		this.generation = generation;
		this.snapshot = snapshot;
		this.rules = rules;
		this.paths = paths;
		this.peers = peers;
		this.sslContext = createSslContext(snapshot, verifier);
		this.standaloneSslContext = createSslContext(snapshot, standaloneVerifier);
	}

	/**
	 * The first generation.
	 * @param settings the settings of the gate
	 * @param verifier is asked by the handshakes of {@link #sslContext()}
	 * @param standaloneVerifier is asked by those of {@link #standaloneSslContext()}
	 * @param snapshot the snapshot
	 * @param rules the rules in force
	 * @param revocation what is known about revocation
	 * @param warnings is told what is allowed but unwise in a path, once while it is
	 * cached
	 * @return the state
	 */
	static GateState first(GateSettings settings, HandshakeVerifier verifier, HandshakeVerifier standaloneVerifier,
			Snapshot snapshot, Rules rules, Revocation revocation, Consumer<String> warnings) {
		return new GateState(settings, verifier, standaloneVerifier, 1, snapshot, rules,
				new PathCache(snapshot.trust(), settings.peerRole(), settings.requiredPolicies(), warnings),
				new PeerVerifier(revocation));
	}

	GateState next(Snapshot snapshot, Rules rules) {
		return new GateState(this.settings, this.verifier, this.standaloneVerifier, this.generation + 1, snapshot,
				rules, this.paths.follow(snapshot.trust()), this.peers);
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
		if (address != null && !this.settings.reportOnly() && admitAddress(address) instanceof Decision.Deny denial) {
			return new Verdict.Refused<>(denial);
		}
		// Before those who are anonymous: a client of that network has a certificate
		if (chain.isEmpty() && this.settings.proxies().isProxy(address)) {
			return Verdict.accepted(Admission.proxy(null, this.generation, "proxy by address", null));
		}
		if (chain.isEmpty() && !this.settings.certificateRequired()) {
			return admit(null, address);
		}
		return verify(chain, now).then((peer) -> {
			IdentityPattern rule = proxyRule(peer);
			return (rule != null) ? admitProxy(peer, rule, address) : admit(peer, address);
		});
	}

	/**
	 * Decide about an address before anything else is known of a peer.
	 * @param address the address
	 * @return the decision
	 */
	Decision admitAddress(InetAddress address) {
		Decision decision = this.rules.access().admitAddress(address);
		return (decision instanceof Decision.Deny && this.settings.proxies().isIn(address))
				? this.settings.proxies().admitAddress(address, this.rules.access()) : decision;
	}

	/**
	 * Decide about a client for which a proxy speaks.
	 * @param chain the chain that the proxy forwarded
	 * @param address the client's address, or {@code null} if the proxy did not tell
	 * @param certificateRequired whether the client needs a certificate where the
	 * settings do not require one
	 * @param now the time
	 * @return the admission, never of another proxy, or the denial
	 */
	Verdict<Admission> admitForwarded(List<X509Certificate> chain, @Nullable InetAddress address,
			boolean certificateRequired, Instant now) {
		if (chain.isEmpty() && (certificateRequired || this.settings.certificateRequired())) {
			return Verdict.refused(Reason.CERTIFICATE_MISSING, "the proxy forwarded no certificate");
		}
		if (address == null && this.rules.access().allowedNetworks() != null && !this.settings.reportOnly()) {
			return Verdict.refused(Reason.ADDRESS_NOT_ALLOWED, "the proxy did not tell the address of its client");
		}
		if (chain.isEmpty()) {
			return admit(null, address);
		}
		return verify(chain, now).then((peer) -> (proxyRule(peer) == null) ? admit(peer, address) : Verdict.refused(
				Reason.IDENTITY_NOT_ALLOWED,
				"the proxy speaks for %s, which is a proxy and no client".formatted(peer.identity().displayName())));
	}

	Verdict<VerifiedPeer> verify(PresentedChain presented, Instant now) {
		if (presented.role() != this.settings.peerRole()) {
			return Verdict.refused(Reason.KEY_USAGE_WRONG,
					"this is the context of a gate for peers in the role of a %s".formatted(this.settings.peerRole()));
		}
		return this.paths.verify(presented.certificates(), now)
			.then((path) -> this.handshakePeers.verify(path, now))
			.then((peer) -> checkHostName(presented.host(), peer));
	}

	Verdict<Admission> verifyAndAdmit(PresentedChain presented, Instant now) {
		return verify(presented, now).then((any) -> verify(presented.certificates(), now))
			.then((peer) -> admit(peer, null));
	}

	/**
	 * Who a refused peer is.
	 * @param chain the chain that it presented
	 * @param denial why it was refused
	 * @param now the time
	 * @return the identity, or {@code null} if the chain proves none
	 */
	@Nullable PeerIdentity identityOf(List<X509Certificate> chain, Decision.Deny denial, Instant now) {
		// A chain that was refused for itself is not verified twice
		boolean verified = denial.reason().category() == Category.POLICY || REVOCATION.contains(denial.reason());
		return (verified && this.paths.verify(chain, now) instanceof Verdict.Accepted<VerifiedPath> accepted)
				? accepted.value().identity() : null;
	}

	Verdict<VerifiedPath> verifyPath(List<X509Certificate> chain, Instant now) {
		return this.paths.verify(chain, now);
	}

	@Nullable IdentityPattern proxyRule(VerifiedPeer peer) {
		return this.settings.proxies().ruleFor(peer.identity(), peer.path().trustDomains());
	}

	Verdict<VerifiedPeer> verifyPeer(VerifiedPath path, Instant now) {
		return this.peers.verify(path, now);
	}

	private Verdict<VerifiedPeer> verify(List<X509Certificate> chain, Instant now) {
		return this.paths.verify(chain, now).then((path) -> verifyPeer(path, now));
	}

	private Verdict<Admission> admit(@Nullable VerifiedPeer peer, @Nullable InetAddress address) {
		Set<String> authorities = (peer != null)
				? this.rules.authorities().authoritiesOf(peer.identity(), peer.path().trustDomains()) : Set.of();
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

	private Verdict<Admission> admitProxy(VerifiedPeer peer, IdentityPattern rule, @Nullable InetAddress address) {
		Decision.Deny denial = (address != null
				&& this.settings.proxies().admitAddress(address, this.rules.access()) instanceof Decision.Deny deny)
						? deny : null;
		return (denial != null && !this.settings.reportOnly()) ? new Verdict.Refused<>(denial)
				: Verdict.accepted(Admission.proxy(peer, this.generation, "proxy " + rule, denial));
	}

	private Verdict<VerifiedPeer> checkHostName(@Nullable String host, VerifiedPeer peer) {
		if (!this.settings.hostNameChecked()) {
			return Verdict.accepted(peer);
		}
		if (host == null) {
			return Verdict.refused(Reason.HOST_NAME_MISMATCH,
					"the client did not tell which host it connects to, so its name cannot be checked");
		}
		try {
			if (ReferenceIdentifier.of(host).matches(peer.identity())) {
				return Verdict.accepted(peer);
			}
		}
		catch (MtlsException ex) {
			return Verdict.refused(Reason.HOST_NAME_MISMATCH, "connected to %s: %s".formatted(host, ex.problem()));
		}
		return Verdict.refused(Reason.HOST_NAME_MISMATCH,
				"connected to %s, but the certificate holds the DNS names %s and the addresses %s".formatted(host,
						peer.identity().dnsNames(), peer.identity().ipAddresses()));
	}

	private static SSLContext createSslContext(Snapshot snapshot, HandshakeVerifier verifier) {
		return SslContexts.create(snapshot.key(), verifier, snapshot.trust().anchors());
	}

}
