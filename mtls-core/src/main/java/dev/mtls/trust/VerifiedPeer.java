package dev.mtls.trust;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.identity.PeerIdentity;

/**
 * A peer whose path holds now. Only {@link PeerVerifier} makes one, so that nobody who
 * asks for one can skip the verification.
 */
public final class VerifiedPeer {

	private final VerifiedPath path;

	private final Instant validUntil;

	private final Decision.@Nullable Deny tolerated;

	VerifiedPeer(VerifiedPath path, Instant validUntil, Decision.@Nullable Deny tolerated) {
		this.path = path;
		this.validUntil = validUntil;
		this.tolerated = tolerated;
	}

	/**
	 * What the peer's certificate says about it.
	 * @return the identity
	 */
	public PeerIdentity identity() {
		return this.path.identity();
	}

	/**
	 * The path by which the peer is trusted.
	 * @return the path
	 */
	public VerifiedPath path() {
		return this.path;
	}

	/**
	 * Until when that is so: the end of the path, or of what says that none of its
	 * certificates is revoked.
	 * @return the instant at which the path has to be asked again
	 */
	public Instant validUntil() {
		return this.validUntil;
	}

	/**
	 * Why the peer would be refused if revocation did not fail softly.
	 * @return the denial, or {@code null} if there is none
	 */
	public Decision.@Nullable Deny tolerated() {
		return this.tolerated;
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
