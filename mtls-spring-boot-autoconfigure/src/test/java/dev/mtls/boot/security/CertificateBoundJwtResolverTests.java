package dev.mtls.boot.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CertificateBoundJwtResolver} with signed tokens.
 */
class CertificateBoundJwtResolverTests {

	private static final ECKey KEY = key();

	private final SecuredGate site = new SecuredGate();

	private final X509Certificate[] alice = this.site.client("alice");

	private final CertificateBoundJwtResolver resolver = new CertificateBoundJwtResolver(decoder());

	@Test
	void tokenThatIsBoundToTheCertificateIsAccepted() {
		String token = token(Map.of("x5t#S256", thumbprint(this.alice[0])), KEY);
		assertThat(authenticate(token, this.alice).getName()).isEqualTo("somebody");
	}

	@Test
	void tokenThatIsBoundToAnotherCertificateIsRefused() {
		String token = token(Map.of("x5t#S256", thumbprint(this.alice[0])), KEY);
		assertRefused(token, this.site.client("bob"));
		assertRefused(token, this.site.client("alice"));
		assertRefused(token);
	}

	@Test
	void tokenThatIsBoundToTheIssuerOfTheCertificateIsRefused() {
		X509Certificate issuer = this.site.authority().anchor();
		assertRefused(token(Map.of("x5t#S256", thumbprint(issuer)), KEY), this.alice[0], issuer);
	}

	@Test
	void tokenThatIsBoundToNothingIsAccepted() {
		assertThat(authenticate(token(null, KEY), this.alice).isAuthenticated()).isTrue();
		assertThat(authenticate(token(null, KEY)).isAuthenticated()).isTrue();
	}

	@ParameterizedTest
	@MethodSource("otherConfirmations")
	void tokenThatIsBoundToSomethingElseIsRefused(Object confirmation) {
		assertRefused(token(confirmation, KEY), this.alice);
	}

	@Test
	void tokenThatTheDecoderRefusesIsRefused() {
		assertRefused(token(Map.of("x5t#S256", thumbprint(this.alice[0])), key()), this.alice);
		assertRefused(token(null, key()), this.alice);
		assertRefused("no token", this.alice);
	}

	@Test
	void converterMakesTheAuthentication() {
		this.resolver.setJwtAuthenticationConverter((jwt) -> {
			TestingAuthenticationToken converted = new TestingAuthenticationToken("converted", "", "ROLE_USER");
			return Mono.just(converted);
		});
		assertThat(authenticate(token(null, KEY)).getName()).isEqualTo("converted");
		assertRefused(token(Map.of("x5t#S256", "other"), KEY), this.alice);
	}

	static List<Object> otherConfirmations() {
		return List.of(Map.of(), Map.of("jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"), "text", List.of(),
				Map.of("x5t#S256", ""), Map.of("x5t#S256", 1), Map.of("x5t#S256", List.of("a")),
				Map.of("X5T#S256", "a"), false);
	}

	private static NimbusReactiveJwtDecoder decoder() {
		NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withJwkSource((jwt) -> Flux.just(KEY))
			.jwsAlgorithm(SignatureAlgorithm.ES256)
			.build();
		decoder.setJwtValidator(new JwtTimestampValidator());
		return decoder;
	}

	private static String token(@Nullable Object confirmation, ECKey key) {
		JWTClaimsSet claims = new JWTClaimsSet.Builder().subject("somebody")
			.expirationTime(Date.from(Instant.now().plusSeconds(600)))
			.claim("cnf", confirmation)
			.build();
		try {
			SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.ES256), claims);
			jwt.sign(new ECDSASigner(key));
			return jwt.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ECKey key() {
		try {
			return new ECKeyGenerator(Curve.P_256).generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String thumbprint(X509Certificate certificate) {
		try {
			return Base64.getUrlEncoder()
				.withoutPadding()
				.encodeToString(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void assertRefused(String token, X509Certificate... chain) {
		assertThatExceptionOfType(InvalidBearerTokenException.class).isThrownBy(() -> authenticate(token, chain));
	}

	private Authentication authenticate(String token, X509Certificate... chain) {
		MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
		if (chain.length > 0) {
			request.sslInfo(SslInfo.from("session", chain));
		}
		return Objects.requireNonNull(this.resolver.resolve(MockServerWebExchange.from(request))
			.flatMap((manager) -> manager.authenticate(new BearerTokenAuthenticationToken(token)))
			.block());
	}

}
