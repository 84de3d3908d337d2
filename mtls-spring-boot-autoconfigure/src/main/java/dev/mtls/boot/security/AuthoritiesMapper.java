package dev.mtls.boot.security;

import java.util.Collection;

import org.springframework.security.core.GrantedAuthority;

import dev.mtls.trust.VerifiedPeer;

/**
 * Gives authorities to peers, beside those of {@code mtls.server.authorities}. Beans of
 * this type are asked in their order, at each request, and what they return is added up.
 */
@FunctionalInterface
public interface AuthoritiesMapper {

	/**
	 * The authorities of a peer that the gate has admitted.
	 * @param peer the peer. Where its SPIFFE ID counts, so do the
	 * {@linkplain dev.mtls.trust.VerifiedPath#trustDomains() trust domains} of its path,
	 * which may be others than the one that the ID names.
	 * @return its authorities, none if it has none; must not block in a reactive
	 * application
	 */
	Collection<? extends GrantedAuthority> authoritiesOf(VerifiedPeer peer);

}
