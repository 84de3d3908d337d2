package dev.mtls.boot.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;

import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.ReactiveAuthenticationManagerResolver;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtReactiveAuthenticationManager;
import org.springframework.security.oauth2.server.resource.authentication.ReactiveJwtAuthenticationConverter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.mtls.boot.web.reactive.PeerCertificates;

/**
 * Lets a reactive resource server accept access tokens that are bound to a certificate
 * (RFC 8705, section 3), from the holder of that certificate alone: <pre>
 * http.oauth2ResourceServer((server) -&gt; server
 *     .authenticationManagerResolver(new CertificateBoundJwtResolver(decoder)))
 * </pre>
 *
 * Spring Security's own check is one of servlet requests. Among the validators that
 * {@code JwtValidators} has by default it refuses each bound token in a reactive
 * application, so that the decoder needs validators without it. A token that is bound to
 * nothing is accepted as by Spring Security; one that is bound to something else than a
 * certificate is not, because a bearer does not prove to hold that.
 */
public final class CertificateBoundJwtResolver implements ReactiveAuthenticationManagerResolver<ServerWebExchange> {

	// RFC 7800, section 3.1, and RFC 8705, section 3.1
	private static final String CONFIRMATION = "cnf";

	private static final String THUMBPRINT = "x5t#S256";

	private final ReactiveJwtDecoder decoder;

	private Converter<Jwt, ? extends Mono<? extends AbstractAuthenticationToken>> converter = new ReactiveJwtAuthenticationConverter();

	/**
	 * Create a resolver.
	 * @param decoder decodes and validates tokens, all but what they are bound to
	 */
	public CertificateBoundJwtResolver(ReactiveJwtDecoder decoder) {
		this.decoder = decoder;
	}

	/**
	 * Set what makes an authentication of a token, by default a
	 * {@link ReactiveJwtAuthenticationConverter}.
	 * @param converter the converter
	 */
	public void setJwtAuthenticationConverter(
			Converter<Jwt, ? extends Mono<? extends AbstractAuthenticationToken>> converter) {
		this.converter = converter;
	}

	@Override
	public Mono<ReactiveAuthenticationManager> resolve(ServerWebExchange exchange) {
		X509Certificate[] certificates = PeerCertificates.of(exchange.getRequest());
		JwtReactiveAuthenticationManager manager = new JwtReactiveAuthenticationManager(
				(token) -> this.decoder.decode(token).doOnNext((jwt) -> check(jwt, certificates)));
		manager.setJwtAuthenticationConverter(this.converter);
		return Mono.just(manager);
	}

	private static void check(Jwt jwt, X509Certificate[] certificates) {
		Object confirmation = jwt.getClaims().get(CONFIRMATION);
		if (confirmation != null && !isConfirmed(confirmation, certificates)) {
			throw new BadJwtException("The token is bound to something else than the certificate of the peer");
		}
	}

	private static boolean isConfirmed(Object confirmation, X509Certificate[] certificates) {
		return certificates.length > 0 && confirmation instanceof Map<?, ?> methods
				&& methods.get(THUMBPRINT) instanceof String expected
				&& MessageDigest.isEqual(thumbprint(certificates[0]), expected.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] thumbprint(X509Certificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
			return Base64.getUrlEncoder().withoutPadding().encode(digest);
		}
		catch (NoSuchAlgorithmException | CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
