package dev.mtls.boot.security;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;

/**
 * Lets an {@link org.springframework.security.authentication.AuthenticationManager
 * AuthenticationManager} authenticate what a {@link MtlsAuthenticationFilter} asks about.
 * It is no bean, because the only bean of its type would take the place of the
 * application's own users in every other way to log in.
 */
public final class MtlsAuthenticationProvider implements AuthenticationProvider {

	private final PeerAuthenticator authenticator;

	/**
	 * Create a provider.
	 * @param authenticator authenticates the peers
	 */
	public MtlsAuthenticationProvider(PeerAuthenticator authenticator) {
		this.authenticator = authenticator;
	}

	@Override
	public Authentication authenticate(Authentication authentication) {
		return this.authenticator.authenticate(((MtlsAuthenticationRequest) authentication).chain());
	}

	@Override
	public boolean supports(Class<?> authentication) {
		return MtlsAuthenticationRequest.class.isAssignableFrom(authentication);
	}

}
