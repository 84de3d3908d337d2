package dev.mtls.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;

/**
 * A path from a peer's certificate to a trust anchor that {@link PathVerifier} has found
 * to hold. Only that class makes one. It depends on nothing but the chain, the role and
 * the anchors, so it may be kept until {@link #notAfter()} and asked again.
 */
public final class VerifiedPath {

	private static final int VERSION_WITH_EXTENSIONS = 3;

	private final List<X509Certificate> certificates;

	private final X509Certificate anchor;

	private final List<X509Certificate> withAnchor;

	private final PeerRole role;

	private final PeerIdentity identity;

	private final Instant notAfter;

	private final List<Pins.Digests> digests;

	private final @Nullable Set<String> trustDomains;

	VerifiedPath(CandidatePath path, PeerIdentity identity, @Nullable Set<String> trustDomains) {
		this.certificates = path.certificates();
		this.anchor = path.anchor();
		this.withAnchor = path.withAnchor().toList();
		this.role = path.role();
		this.identity = identity;
		this.notAfter = path.withAnchor()
			.map((certificate) -> certificate.getNotAfter().toInstant())
			.min(Comparator.naturalOrder())
			.orElseThrow();
		this.digests = Pins.Digests.of(this.withAnchor);
		this.trustDomains = (trustDomains != null) ? Set.copyOf(trustDomains) : null;
	}

	/**
	 * The certificates of the path, the peer's own first, each followed by its issuer,
	 * without the anchor. What the peer presented beside them is left out. Where the
	 * peer's self-signed certificate is itself configured as trust, that certificate is
	 * both the only one here and the {@link #anchor()}.
	 * @return an immutable list of at least one certificate
	 */
	public List<X509Certificate> certificates() {
		return this.certificates;
	}

	/**
	 * The configured certificate in which the path ends.
	 * @return the anchor
	 */
	public X509Certificate anchor() {
		return this.anchor;
	}

	/**
	 * The certificates of the path and its anchor, each followed by its issuer.
	 * @return an immutable list, the same at each call
	 */
	public List<X509Certificate> withAnchor() {
		return this.withAnchor;
	}

	/**
	 * What the peer's own certificate says about it.
	 * @return the identity
	 */
	public PeerIdentity identity() {
		return this.identity;
	}

	/**
	 * The role for which the path was verified.
	 * @return the role
	 */
	public PeerRole role() {
		return this.role;
	}

	/**
	 * The last instant at which every certificate of the path, the anchor included, is
	 * valid.
	 * @return the earliest end of a validity period of the path
	 */
	public Instant notAfter() {
		return this.notAfter;
	}

	/**
	 * The SPIFFE trust domains that the anchor is for.
	 * @return the trust domains, or {@code null} if no anchor is for any in particular,
	 * so that each is for all
	 */
	public @Nullable Set<String> trustDomains() {
		return this.trustDomains;
	}

	/**
	 * What is accepted but unwise in this path.
	 * @return the warnings, each a sentence without a period
	 */
	public List<String> warnings() {
		X509Certificate leaf = this.certificates.get(0);
		return (leaf.getVersion() >= VERSION_WITH_EXTENSIONS) ? List.of() : List
			.of("certificate %s is of version %d, so it cannot say what it may be used for, nor hold alternative names"
				.formatted(CertificateName.ofSubject(leaf), leaf.getVersion()));
	}

	@Override
	public String toString() {
		return "%s %s trusted through %s until %s".formatted(this.role, this.identity.displayName(),
				CertificateName.ofSubject(this.anchor), this.notAfter);
	}

	List<Pins.Digests> digests() {
		return this.digests;
	}

	CandidatePath at(Instant now) {
		return new CandidatePath(this.certificates, this.anchor, this.role, now);
	}

}
