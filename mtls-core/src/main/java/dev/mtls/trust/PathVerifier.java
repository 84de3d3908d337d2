package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.identity.SpiffeId;
import dev.mtls.material.TrustMaterial;

/**
 * Verifies that a presented chain leads to one of a set of trust anchors: by the JDK's
 * path validation (RFC 5280, section 6.1), and by checks of what the JDK lets through. It
 * waits for nothing and asks no network, its work is bounded, and it is safe for use by
 * several threads.
 */
public final class PathVerifier {

	private final TrustMaterial trust;

	private final PathSearch search;

	private final PathSelection selection;

	/**
	 * Create a verifier that requires no certificate policy.
	 * @param anchors the certificates in which a path may end, several of the same
	 * subject included
	 * @throws MtlsException with {@link Reason#TRUST_MISSING} if there is none
	 */
	public PathVerifier(Collection<X509Certificate> anchors) {
		this(TrustMaterial.of("trust anchors", anchors), RequiredPolicies.NONE);
	}

	/**
	 * Create a verifier.
	 * @param trust the certificates in which a path may end, several of the same subject
	 * included, and the SPIFFE trust domains they are for
	 * @param policies the certificate policies of which a path must assert one
	 */
	public PathVerifier(TrustMaterial trust, RequiredPolicies policies) {
		this.trust = trust;
		this.search = new PathSearch(trust.anchors());
		this.selection = new PathSelection(policies);
	}

	/**
	 * Verify a chain.
	 * @param chain the certificates as the peer presented them: its own first, the others
	 * in any order, unneeded ones among them; at most 10 and 256 KiB
	 * @param role what the peer does in the handshake
	 * @param now the time at which the path must be valid
	 * @return the path, or a denial; anything that cannot be read, or takes too much work
	 * to verify, is denied with {@link Reason#CERTIFICATE_MALFORMED}
	 */
	public Verdict<VerifiedPath> verify(List<X509Certificate> chain, PeerRole role, Instant now) {
		try {
			return PresentedChain.of(chain)
				.then((presented) -> this.search.find(presented, role, now))
				.then((paths) -> this.selection.select(ordered(paths)))
				.then(this::identified);
		}
		catch (RuntimeException ex) {
			return new Verdict.Refused<>(unreadable(ex));
		}
	}

	static Decision.Deny unreadable(RuntimeException cause) {
		return new Decision.Deny(Reason.CERTIFICATE_MALFORMED, "the presented chain cannot be read: "
				+ Optional.ofNullable(cause.getMessage()).orElse(cause.toString()));
	}

	// Of several paths, one to an anchor of the peer's own trust domain proves its name
	private List<CandidatePath> ordered(List<CandidatePath> paths) {
		if (paths.size() == 1 || this.trust.trustDomains().isEmpty()) {
			return paths;
		}
		SpiffeId id = identityOf(paths.get(0).leaf()).map(PeerIdentity::spiffeId).orElse(null);
		if (id == null) {
			return paths;
		}
		return paths.stream().sorted(Comparator.comparing((path) -> !isOfTrustDomain(path, id))).toList();
	}

	private boolean isOfTrustDomain(CandidatePath path, SpiffeId id) {
		return this.trust.trustDomainsOf(path.anchor()).contains(id.trustDomain());
	}

	private static Optional<PeerIdentity> identityOf(X509Certificate leaf) {
		try {
			return Optional.of(PeerIdentity.of(leaf));
		}
		catch (MtlsException ex) {
			// The check of its form says so
			return Optional.empty();
		}
	}

	private Verdict<VerifiedPath> identified(CandidatePath path) {
		try {
			return Verdict.accepted(new VerifiedPath(path, PeerIdentity.of(path.leaf()), trustDomains(path)));
		}
		catch (MtlsException ex) {
			return Verdict.refused(ex.reason(), ex.problem());
		}
	}

	private @Nullable Set<String> trustDomains(CandidatePath path) {
		return this.trust.trustDomains().isEmpty() ? null : this.trust.trustDomainsOf(path.anchor());
	}

}
