package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.security.authentication.AccountStatusUserDetailsChecker;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsChecker;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

import dev.mtls.decision.PrintableText;
import dev.mtls.identity.PeerIdentity;

/**
 * A peer that the gate admits.
 *
 * @param identity who it is
 * @param certificate its certificate
 * @param authorities what it may do, be it a user or not
 */
record AdmittedPeer(PeerIdentity identity, X509Certificate certificate, Set<GrantedAuthority> authorities) {

	private static final UserDetailsChecker ACCOUNT_STATUS = new AccountStatusUserDetailsChecker();

	/**
	 * The name under which the peer may be a user.
	 * @return the display name
	 * @throws UsernameNotFoundException if that is shortened, as other peers' names may
	 * then be the same
	 */
	String userName() {
		String name = this.identity.displayName();
		if (name.length() >= PrintableText.MAX_LENGTH) {
			throw UsernameNotFoundException.fromUsername(name);
		}
		return name;
	}

	/**
	 * The authentication where peers are no users.
	 * @return the authentication
	 */
	MtlsAuthentication authentication() {
		return new MtlsAuthentication(this.identity, this.certificate, this.authorities);
	}

	/**
	 * The authentication of a peer that is a user.
	 * @param user the user, whose authorities it has too
	 * @return the authentication
	 * @throws org.springframework.security.authentication.AccountStatusException if the
	 * account is locked, disabled or expired, or its credentials are
	 */
	MtlsAuthentication authentication(UserDetails user) {
		ACCOUNT_STATUS.check(user);
		Set<GrantedAuthority> all = new LinkedHashSet<>(this.authorities);
		all.addAll(user.getAuthorities());
		return new MtlsAuthentication(this.identity, this.certificate, all);
	}

}
