package dev.mtls.integration;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/**
 * Signed access tokens of an authorization server that has a key and no address.
 */
final class AccessTokens {

	/**
	 * The key that resource servers trust.
	 */
	static final ECKey KEY = key();

	private AccessTokens() {
	}

	/**
	 * A token that its bearer may use.
	 * @return the token, with the scope {@code read}
	 */
	static String unbound() {
		return sign(claims().build(), KEY);
	}

	/**
	 * A token that the holder of a certificate may use (RFC 8705, section 3.1).
	 * @param certificate the certificate
	 * @return the token, with the scope {@code read}
	 */
	static String boundTo(X509Certificate certificate) {
		return boundTo(certificate, KEY);
	}

	/**
	 * A bound token that somebody else has signed.
	 * @param certificate the certificate
	 * @return the token, with the scope {@code read}
	 */
	static String forged(X509Certificate certificate) {
		return boundTo(certificate, key());
	}

	private static String boundTo(X509Certificate certificate, ECKey key) {
		return sign(claims().claim("cnf", Map.of("x5t#S256", SecurityTests.thumbprint(certificate))).build(), key);
	}

	private static JWTClaimsSet.Builder claims() {
		return new JWTClaimsSet.Builder().subject("somebody")
			.claim("scope", "read")
			.expirationTime(Date.from(Instant.now().plusSeconds(600)));
	}

	private static String sign(JWTClaimsSet claims, ECKey key) {
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

}
