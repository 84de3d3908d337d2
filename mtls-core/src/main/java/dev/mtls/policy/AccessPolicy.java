package dev.mtls.policy;

import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;

/**
 * Which addresses and identities are allowed.
 *
 * @param allowedNetworks the networks, or {@code null} for any
 * @param allowedPeers the identities, or {@code null} for any
 */
public record AccessPolicy(@Nullable AddressSet allowedNetworks, @Nullable List<IdentityPattern> allowedPeers) {

	public Decision admitAddress(InetAddress address) {
		return (this.allowedNetworks == null || this.allowedNetworks.contains(address)) ? new Decision.Allow("network")
				: new Decision.Deny(Reason.ADDRESS_NOT_ALLOWED, address.getHostAddress());
	}

	public Decision admitIdentity(PeerIdentity identity) {
		if (this.allowedPeers == null) {
			return new Decision.Allow("any trusted certificate");
		}
		for (IdentityPattern pattern : this.allowedPeers) {
			if (pattern.matches(identity)) {
				return new Decision.Allow(pattern.toString());
			}
		}
		return new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED, identity.displayName());
	}

}
