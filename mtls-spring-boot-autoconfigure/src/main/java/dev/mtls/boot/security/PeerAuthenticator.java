package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetailsService;

import dev.mtls.gate.Gate;

/**
 * Authenticates the peers of a servlet application. A peer has the authority
 * {@code FACTOR_X509}, those of {@code mtls.server.authorities}, of each
 * {@link AuthoritiesMapper} and, where there are users, those of the user of its name.
 */
public final class PeerAuthenticator {

	private final AdmittedPeers peers;

	private final @Nullable UserDetailsService users;

	/**
	 * Create an authenticator.
	 * @param gate decides who is admitted
	 * @param mappers give further authorities
	 * @param users the users that peers have to be, or {@code null} if any peer that the
	 * gate admits is authenticated
	 */
	public PeerAuthenticator(Gate gate, List<AuthoritiesMapper> mappers, @Nullable UserDetailsService users) {
		this(new AdmittedPeers(gate, mappers), users);
	}

	private PeerAuthenticator(AdmittedPeers peers, @Nullable UserDetailsService users) {
		this.peers = peers;
		this.users = users;
	}

	/**
	 * An authenticator like this one, for one chain.
	 * @param mappers give further authorities
	 * @param users the users that peers have to be, or {@code null} if the same
	 * @return the authenticator
	 */
	PeerAuthenticator with(List<AuthoritiesMapper> mappers, @Nullable UserDetailsService users) {
		return new PeerAuthenticator(this.peers.with(mappers), (users != null) ? users : this.users);
	}

	/**
	 * Authenticate the peer of a request.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @return the authentication, for this request alone
	 * @throws AuthenticationException a {@link MtlsAuthenticationException} if the peer
	 * presented no certificate or the gate does not admit it. Where there are users, a
	 * {@link org.springframework.security.core.userdetails.UsernameNotFoundException} if
	 * none has the {@linkplain dev.mtls.identity.PeerIdentity#displayName() display name}
	 * of the peer, or an
	 * {@link org.springframework.security.authentication.AccountStatusException} if the
	 * account is locked, disabled or expired
	 */
	public MtlsAuthentication authenticate(List<X509Certificate> chain) {
		AdmittedPeer peer = this.peers.admit(chain);
		return (this.users != null) ? peer.authentication(this.users.loadUserByUsername(peer.userName()))
				: peer.authentication();
	}

}
