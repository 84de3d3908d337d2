package dev.mtls.trust;

import dev.mtls.identity.PeerIdentity;

/**
 * A peer whose path holds now. Only {@link PeerVerifier} makes one, so that nobody who
 * asks for one can skip the verification.
 */
public final class VerifiedPeer {

	private final VerifiedPath path;

	VerifiedPeer(VerifiedPath path) {
		this.path = path;
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

	@Override
	public String toString() {
		return this.path.toString();
	}

}
