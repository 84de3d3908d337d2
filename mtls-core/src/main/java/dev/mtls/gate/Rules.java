package dev.mtls.gate;

import java.net.InetAddress;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TrustMaterial;
import dev.mtls.policy.AccessPolicy;
import dev.mtls.policy.AuthorityRules;
import dev.mtls.policy.ProxyPolicy;
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
		return this.access.admitIdentity(peer.identity(), peer.path().trustDomains());
	}

	/**
	 * Check that it is known which anchor may vouch for which SPIFFE trust domain.
	 * @param trust the anchors
	 * @param proxies the rules about proxies
	 * @throws MtlsException with {@link Reason#CONFIGURATION_CONFLICT} if the rules are
	 * about several trust domains, and any of several anchors could vouch for each
	 */
	void check(TrustMaterial trust, ProxyPolicy proxies) {
		check(trust, proxies, Set.of());
	}

	/**
	 * Check the same where rules elsewhere are about SPIFFE trust domains too.
	 * @param trust the anchors
	 * @param proxies the rules about proxies
	 * @param further the trust domains of the rules elsewhere
	 * @throws MtlsException with {@link Reason#CONFIGURATION_CONFLICT} if all these are
	 * about several trust domains, and any of several anchors could vouch for each
	 */
	public void check(TrustMaterial trust, ProxyPolicy proxies, Set<String> further) {
		Set<String> trustDomains = new TreeSet<>(further);
		trustDomains.addAll(this.access.trustDomains());
		trustDomains.addAll(this.authorities.trustDomains());
		trustDomains.addAll(proxies.trustDomains());
		if (trustDomains.size() > 1 && trust.anchors().size() > 1 && trust.trustDomains().isEmpty()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, trust.place(),
					"the rules are about the SPIFFE trust domains %s, and it is not said which of the %d anchors is for which"
						.formatted(trustDomains, trust.anchors().size()),
					"set trust-domains[%s].trust-certificates, and that of each other one"
						.formatted(trustDomains.iterator().next()));
		}
	}

}
