package dev.mtls.boot.security;

import java.security.cert.X509Certificate;
import java.util.Collection;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

import dev.mtls.identity.PeerIdentity;

/**
 * The {@link Authentication} of a peer that the gate has admitted. It holds for one
 * request and is never kept in a session, since the identity is that of the connection.
 */
public final class MtlsAuthentication extends AbstractAuthenticationToken {

	private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

	/**
	 * Who the peer is.
	 */
	private final PeerIdentity identity;

	/**
	 * The peer's own certificate.
	 */
	private final X509Certificate certificate;

	MtlsAuthentication(PeerIdentity identity, X509Certificate certificate,
			Collection<? extends GrantedAuthority> authorities) {
		super(authorities);
		this.identity = identity;
		this.certificate = certificate;
		super.setAuthenticated(true);
	}

	private MtlsAuthentication(Builder builder) {
		super(builder);
		this.identity = builder.identity;
		this.certificate = builder.certificate;
	}

	/**
	 * Whether somebody is authenticated in another way than by a certificate. An
	 * authentication by certificate that is already there was kept from a request that
	 * may have come on another connection, and does not count.
	 * @param authentication the authentication that is already there, if any
	 * @return whether it stays
	 */
	static boolean isOtherwise(@Nullable Authentication authentication) {
		return TRUST.isAuthenticated(authentication) && !(authentication instanceof MtlsAuthentication);
	}

	/**
	 * Who the peer is.
	 * @return the identity
	 */
	@Override
	public PeerIdentity getPrincipal() {
		return this.identity;
	}

	/**
	 * The certificate that the peer has proven to hold the key of, as with Spring
	 * Security's own X.509 authentication.
	 * @return the peer's own certificate
	 */
	@Override
	public X509Certificate getCredentials() {
		return this.certificate;
	}

	/**
	 * The name of the peer.
	 * @return the {@linkplain PeerIdentity#displayName() display name}
	 */
	@Override
	public String getName() {
		return this.identity.displayName();
	}

	@Override
	public void setAuthenticated(boolean authenticated) {
		if (authenticated && !isAuthenticated()) {
			throw new IllegalArgumentException("Only the gate authenticates a peer");
		}
		super.setAuthenticated(authenticated);
	}

	@Override
	public Builder toBuilder() {
		return new Builder(this);
	}

	/**
	 * Builds an authentication with other authorities or details, such as those of
	 * several factors. Principal and credentials stay.
	 */
	public static final class Builder extends AbstractAuthenticationBuilder<Builder> {

		private final PeerIdentity identity;

		private final X509Certificate certificate;

		private Builder(MtlsAuthentication authentication) {
			super(authentication);
			this.identity = authentication.identity;
			this.certificate = authentication.certificate;
		}

		@Override
		public Builder principal(@Nullable Object principal) {
			throw new UnsupportedOperationException("The principal is the peer that the gate has admitted");
		}

		@Override
		public MtlsAuthentication build() {
			return new MtlsAuthentication(this);
		}

	}

}
