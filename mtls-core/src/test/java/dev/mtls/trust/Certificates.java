package dev.mtls.trust;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;

/**
 * Right certificates, as of a fixed time, from which tests make wrong ones.
 */
final class Certificates {

	static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

	static final InstantSource CLOCK = InstantSource.fixed(NOW);

	private Certificates() {
	}

	static CertificateAuthority root(String commonName) {
		return root(authority(commonName));
	}

	static CertificateAuthority root(CertificateRequest.Builder request) {
		return CertificateAuthority.create(request.build(), CLOCK);
	}

	static CertificateRequest.Builder authority(String commonName) {
		return CertificateRequest.authority("CN=" + commonName);
	}

	static CertificateRequest.Builder leaf(PeerRole role) {
		CertificateRequest.Builder leaf = (role == PeerRole.CLIENT) ? CertificateRequest.client("alice")
				: CertificateRequest.server("alice");
		return leaf.notAfter(NOW.plus(Duration.ofDays(30)));
	}

	static List<X509Certificate> issue(CertificateAuthority authority, CertificateRequest.Builder request) {
		return authority.issue(request.build()).chain();
	}

	static X509Certificate selfSigned(CertificateRequest.Builder request) {
		return CertificateAuthority.selfSigned(request.build(), CLOCK).certificate();
	}

	static KeyPair key(String algorithm, int bits) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
			generator.initialize(bits);
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static KeyPair ecKey(String curve) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
			generator.initialize(new ECGenParameterSpec(curve));
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static List<X509Certificate> copies(List<X509Certificate> certificates) {
		return certificates.stream().map(Certificates::copy).toList();
	}

	private static X509Certificate copy(X509Certificate certificate) {
		try {
			return (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The certificate with the last bit of its signature changed.
	 * @param certificate the certificate
	 * @return the forged one
	 */
	static X509Certificate forged(X509Certificate certificate) {
		try {
			byte[] encoded = certificate.getEncoded();
			encoded[encoded.length - 1] ^= 1;
			return (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(encoded));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
