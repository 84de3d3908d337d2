package dev.mtls.boot.security;

import java.net.URI;
import java.util.UUID;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * Protection against cross-site request forgery without tokens and sessions:
 * {@code http.csrf(new CrossOriginProtection())}. A browser sends the certificate of its
 * user with whatever any page makes it send, and says with {@code Sec-Fetch-Site} or
 * {@code Origin} whose page that was. A request of another origin that may change
 * something, or opens a WebSocket, is answered with status 403. Clients that are no
 * browsers need nothing.
 */
public final class CrossOriginProtection implements Customizer<CsrfConfigurer<HttpSecurity>> {

	/**
	 * Set the protection of a chain.
	 * @param csrf the configurer of the chain
	 */
	@Override
	public void customize(CsrfConfigurer<HttpSecurity> csrf) {
		csrf.requireCsrfProtectionMatcher((request) -> of(request).isForbidden()).csrfTokenRepository(new NoTokens());
	}

	private static CrossOrigin of(HttpServletRequest request) {
		return new CrossOrigin(request.getMethod(), request.getHeader(HttpHeaders.UPGRADE),
				request.getHeader(CrossOrigin.FETCH_SITE), request.getHeader(HttpHeaders.ORIGIN),
				() -> target(request));
	}

	private static URI target(HttpServletRequest request) {
		return URI.create(request.getScheme() + "://" + request.getServerName() + ":" + request.getServerPort());
	}

	/**
	 * Nobody has a token, so whoever needs one is refused.
	 */
	private static final class NoTokens implements CsrfTokenRepository {

		@Override
		public CsrfToken generateToken(HttpServletRequest request) {
			return new DefaultCsrfToken("X-CSRF-TOKEN", "_csrf", UUID.randomUUID().toString());
		}

		@Override
		public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
			// Kept nowhere
		}

		@Override
		public @Nullable CsrfToken loadToken(HttpServletRequest request) {
			return null;
		}

	}

}
