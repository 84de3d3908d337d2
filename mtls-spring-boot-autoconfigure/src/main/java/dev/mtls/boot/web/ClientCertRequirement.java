package dev.mtls.boot.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.policy.AccessPolicy;

/**
 * What a {@link RequireClientCert} says.
 *
 * @param policy which clients are allowed
 */
record ClientCertRequirement(AccessPolicy policy) {

	/**
	 * Parse the patterns of an annotation.
	 * @param place where the annotation is, for messages
	 * @param allowed the patterns; none for any client that has a certificate
	 * @return the requirement
	 * @throws MtlsException if one of them is no pattern
	 */
	static ClientCertRequirement parse(String place, String[] allowed) {
		List<IdentityPattern> patterns = new ArrayList<>();
		for (String rule : allowed) {
			try {
				patterns.add(IdentityPattern.parse(rule));
			}
			catch (MtlsException ex) {
				throw ex.at("@RequireClientCert of " + place);
			}
		}
		return new ClientCertRequirement(new AccessPolicy(null, patterns.isEmpty() ? null : patterns));
	}

	/**
	 * Decide about a client whose certificate is trusted.
	 * @param client the identity
	 * @param trustDomains the SPIFFE trust domains that the client's anchor is for, or
	 * {@code null} if it is for all or not known
	 * @return the denial, or {@code null} if the client is allowed
	 */
	Decision.@Nullable Deny check(PeerIdentity client, @Nullable Set<String> trustDomains) {
		return (this.policy.admitIdentity(client, trustDomains) instanceof Decision.Deny denial) ? denial : null;
	}

}
