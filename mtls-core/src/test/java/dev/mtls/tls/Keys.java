package dev.mtls.tls;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.material.KeyMaterial;

/**
 * Keys with certificates, and contexts of them, as of a fixed time.
 */
final class Keys {

	static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

	static final CertificateAuthority ROOT = CertificateAuthority
		.create(CertificateRequest.authority("CN=Root,O=Example").build(), CLOCK);

	static final HandshakeVerifier ALLOW = (presented) -> new Decision.Allow("test");

	static final Decision.Deny DENIAL = new Decision.Deny(Reason.IDENTITY_NOT_ALLOWED, "presented nobody");

	static final HandshakeVerifier DENY = (presented) -> DENIAL;

	private Keys() {
	}

	static KeyMaterial server() {
		return material(CertificateRequest.server("localhost"));
	}

	static KeyMaterial client() {
		return material(CertificateRequest.client("alice"));
	}

	static KeyMaterial material(CertificateRequest.Builder request) {
		IssuedCertificate issued = ROOT.issue(request.build());
		return KeyMaterial.of("test", issued.privateKey(), issued.chain());
	}

	static SSLContext context(@Nullable KeyMaterial key, HandshakeVerifier verifier) {
		return SslContexts.create(key, verifier, List.of(ROOT.certificate()));
	}

	/**
	 * A key pair of a kind.
	 * @param kind {@code RSA}, {@code RSASSA-PSS}, {@code Ed25519} or a curve
	 * @return a new pair
	 */
	static KeyPair pair(String kind) {
		try {
			boolean rsa = kind.startsWith("RSA");
			boolean ec = kind.startsWith("secp");
			KeyPairGenerator generator = KeyPairGenerator.getInstance(ec ? "EC" : kind);
			if (rsa) {
				generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
			}
			if (ec) {
				generator.initialize(new ECGenParameterSpec(kind));
			}
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
