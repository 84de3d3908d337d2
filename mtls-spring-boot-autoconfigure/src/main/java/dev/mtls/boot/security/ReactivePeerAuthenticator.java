package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import reactor.core.publisher.Mono;

import dev.mtls.gate.Gate;

/**
 * Authenticates the peers of a reactive application, as {@link PeerAuthenticator} does
 * those of a servlet application.
 */
public final class ReactivePeerAuthenticator {

	private final AdmittedPeers peers;

	private final @Nullable ReactiveUserDetailsService users;

	/**
	 * Create an authenticator.
	 * @param gate decides who is admitted
	 * @param mappers give further authorities
	 * @param users the users that peers have to be, or {@code null} if any peer that the
	 * gate admits is authenticated
	 */
	public ReactivePeerAuthenticator(Gate gate, List<AuthoritiesMapper> mappers,
			@Nullable ReactiveUserDetailsService users) {
		this(new AdmittedPeers(gate, mappers), users);
	}

	private ReactivePeerAuthenticator(AdmittedPeers peers, @Nullable ReactiveUserDetailsService users) {
		this.peers = peers;
		this.users = users;
	}

	/**
	 * An authenticator like this one, for one chain.
	 * @param mappers give further authorities
	 * @param users the users that peers have to be, or {@code null} if the same
	 * @return the authenticator
	 */
	ReactivePeerAuthenticator with(List<AuthoritiesMapper> mappers, @Nullable ReactiveUserDetailsService users) {
		return new ReactivePeerAuthenticator(this.peers.with(mappers), (users != null) ? users : this.users);
	}

	/**
	 * Authenticate the peer of a request.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @return the authentication, for this request alone, or an error of the types that
	 * {@link PeerAuthenticator#authenticate} throws; never empty
	 */
	public Mono<MtlsAuthentication> authenticate(List<X509Certificate> chain) {
		return Mono.fromCallable(() -> this.peers.admit(chain)).flatMap(this::authenticate);
	}

	private Mono<MtlsAuthentication> authenticate(AdmittedPeer peer) {
		if (this.users == null) {
			return Mono.just(peer.authentication());
		}
		String name = peer.userName();
		return this.users.findByUsername(name)
			.switchIfEmpty(Mono.error(() -> UsernameNotFoundException.fromUsername(name)))
			.map(peer::authentication);
	}

}
