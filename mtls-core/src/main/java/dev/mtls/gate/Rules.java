package dev.mtls.gate;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.policy.AuthorityRules;
import dev.mtls.trust.Pins;
import dev.mtls.trust.VerifiedPeer;

/**
 * All rules of a gate: what a peer must be besides trusted, and what it may do then.
 *
 * @param access allowed networks and identities
 * @param pins keys and certificates of which the path must hold one
 * @param authorities the authorities that go with an identity
 */
public record Rules(AccessPolicy access, Pins pins, AuthorityRules authorities) {

	/**
	 * Rules about networks and identities only.
	 * @param access allowed networks and identities
	 * @return the rules
	 */
	public static Rules of(AccessPolicy access) {
		return new Rules(access, Pins.NONE, AuthorityRules.NONE);
	}

	/**
	 * Decide about a peer whose path is verified.
	 * @param peer the peer, or {@code null} if it is anonymous and may be
	 * @param address its address, or {@code null} where the stack does not tell
	 * @return {@code Allow} with the rule, or the first denial of address, pins and
	 * identity
	 */
	Decision decide(@Nullable VerifiedPeer peer, @Nullable InetAddress address) {
		if (address != null && this.access.admitAddress(address) instanceof Decision.Deny denial) {
			return denial;
		}
		if (peer == null) {
			return new Decision.Allow("anonymous");
		}
		if (this.pins.admit(peer.path()) instanceof Decision.Deny denial) {
			return denial;
		}
		return this.access.admitIdentity(peer.identity());
	}

}
