package dev.mtls.material;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

import dev.mtls.source.Document;

/**
 * Certificates in memory.
 */
final class TestCertificates {

	static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");

	static final Instant NOT_AFTER = Instant.parse("2027-01-01T00:00:00Z");

	static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

	private static final SecureRandom RANDOM = new SecureRandom();

	private TestCertificates() {
	}

	static KeyPair keyPair(String algorithm) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
			switch (algorithm) {
				case "RSA", "RSASSA-PSS" -> generator.initialize(2048);
				case "EC" -> generator.initialize(256);
				default -> {
				}
			}
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static Issued root(String name) {
		KeyPair keyPair = keyPair("EC");
		return new Issued(keyPair.getPrivate(),
				certificate(name, keyPair, name, keyPair.getPrivate(), true, NOT_AFTER));
	}

	static X509Certificate certificate(String subject, KeyPair keyPair, String issuer, PrivateKey issuerKey,
			boolean authority, Instant notAfter) {
		try {
			X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new X500Principal("CN=" + issuer),
					new BigInteger(100, RANDOM), Date.from(NOT_BEFORE), Date.from(notAfter),
					new X500Principal("CN=" + subject), keyPair.getPublic());
			builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
			return new JcaX509CertificateConverter()
				.getCertificate(builder.build(new JcaContentSignerBuilder(signatureFor(issuerKey)).build(issuerKey)));
		}
		catch (IOException | GeneralSecurityException | OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String pem(X509Certificate certificate) {
		try {
			return pem("CERTIFICATE", certificate.getEncoded());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String pem(PrivateKey privateKey) {
		return pem("PRIVATE KEY", privateKey.getEncoded());
	}

	static String pem(String label, byte[] content) {
		StringWriter text = new StringWriter();
		try (PemWriter writer = new PemWriter(text)) {
			writer.writeObject(new PemObject(label, content));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return text.toString();
	}

	static Document document(String... texts) {
		return Document.of("p", String.join("", texts).getBytes(StandardCharsets.UTF_8));
	}

	private static String signatureFor(PrivateKey privateKey) {
		return switch (privateKey.getAlgorithm()) {
			case "EC" -> "SHA256withECDSA";
			case "EdDSA" -> "Ed25519";
			default -> "SHA256withRSA";
		};
	}

	/**
	 * A certificate and its key.
	 *
	 * @param privateKey the key
	 * @param certificate the certificate
	 */
	record Issued(PrivateKey privateKey, X509Certificate certificate) {

		Issued authority(String name) {
			return issue(name, keyPair("EC"), true, NOT_AFTER);
		}

		Issued leaf(String name) {
			return leaf(name, "EC");
		}

		Issued leaf(String name, String algorithm) {
			return issue(name, keyPair(algorithm), false, NOT_AFTER);
		}

		Issued issue(String name, KeyPair keyPair, boolean authority, Instant notAfter) {
			String issuer = this.certificate.getSubjectX500Principal().getName().substring("CN=".length());
			return new Issued(keyPair.getPrivate(),
					TestCertificates.certificate(name, keyPair, issuer, this.privateKey, authority, notAfter));
		}

	}

}
