package dev.mtls.authority;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Signs what a {@link CertificateRequest} asks for with the key of an issuer.
 */
final class CertificateSigner {

	/**
	 * How far before now a certificate begins, for peers whose clocks are slow.
	 */
	private static final Duration BACKDATING = Duration.ofMinutes(5);

	private static final int SERIAL_NUMBER_BITS = 128;

	private final PrivateKey issuerKey;

	private final @Nullable X509Certificate issuer;

	private final SecureRandom random = new SecureRandom();

	/**
	 * Create a signer.
	 * @param issuerKey the key to sign with
	 * @param issuer the certificate of the issuer, or {@code null} if certificates are to
	 * be their own issuer
	 */
	CertificateSigner(PrivateKey issuerKey, @Nullable X509Certificate issuer) {
		this.issuerKey = issuerKey;
		this.issuer = issuer;
	}

	/**
	 * The signature algorithm that suits a key.
	 * @param key the key
	 * @return the name that Java has for it
	 * @throws MtlsException if the key is of a type that is not supported
	 */
	static String algorithmFor(PrivateKey key) {
		if (key instanceof EdECKey edwards) {
			return edwards.getParams().getName();
		}
		return switch (key.getAlgorithm()) {
			case "EC" -> "SHA256withECDSA";
			case "RSA" -> "SHA256withRSA";
			case "DSA" -> "SHA256withDSA";
			default -> throw new MtlsException(Reason.MATERIAL_INVALID, "authority",
					"A key of type %s cannot sign certificates here".formatted(key.getAlgorithm()),
					"Use a key of type EC, RSA or Ed25519");
		};
	}

	X509Certificate sign(CertificateRequest request, PublicKey subjectKey, Instant now) {
		Instant notBefore = notBefore(request, now);
		Instant notAfter = notAfter(request, now);
		if (notAfter.isBefore(notBefore)) {
			throw new IllegalArgumentException("The validity ends at %s, before its begin".formatted(notAfter));
		}
		try {
			SubjectPublicKeyInfo publicKey = SubjectPublicKeyInfo.getInstance(subjectKey.getEncoded());
			BigInteger serialNumber = (request.serialNumber() != null) ? request.serialNumber() : newSerialNumber();
			ContentSigner signer = contentSigner(request);
			if (request.isVersion1()) {
				return toJdk(new X509v1CertificateBuilder(issuerName(request), serialNumber, time(notBefore),
						time(notAfter), request.subject(), publicKey)
					.build(signer));
			}
			X509v3CertificateBuilder builder = new X509v3CertificateBuilder(issuerName(request), serialNumber,
					time(notBefore), time(notAfter), request.subject(), publicKey);
			addExtensions(builder, request, publicKey);
			return toJdk(builder.build(signer));
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalArgumentException("Java cannot encode or read such a certificate", ex);
		}
	}

	private static Instant notBefore(CertificateRequest request, Instant now) {
		return (request.notBefore() != null) ? request.notBefore() : now.minus(BACKDATING);
	}

	private Instant notAfter(CertificateRequest request, Instant now) {
		if (request.notAfter() != null) {
			return request.notAfter();
		}
		Instant notAfter = now.plus(request.validity());
		if (this.issuer != null && notAfter.isAfter(this.issuer.getNotAfter().toInstant())) {
			return this.issuer.getNotAfter().toInstant();
		}
		return notAfter;
	}

	private BigInteger newSerialNumber() {
		// RFC 5280, 4.1.2.2: positive, and at most 20 octets
		return new BigInteger(SERIAL_NUMBER_BITS - 1, this.random).setBit(SERIAL_NUMBER_BITS - 1);
	}

	private X500Name issuerName(CertificateRequest request) {
		if (this.issuer == null) {
			return request.subject();
		}
		// byte for byte, as some verifiers compare it
		return X500Name.getInstance(this.issuer.getSubjectX500Principal().getEncoded());
	}

	private void addExtensions(X509v3CertificateBuilder builder, CertificateRequest request,
			SubjectPublicKeyInfo publicKey) throws GeneralSecurityException, IOException {
		for (Extension extension : request.extensions()) {
			builder.addExtension(extension);
		}
		if (request.hasKeyIdentifiers()) {
			addIfAbsent(builder, Extension.create(Extension.subjectKeyIdentifier, false, keyIdentifier(publicKey)));
			if (this.issuer != null) {
				addIfAbsent(builder, Extension.create(Extension.authorityKeyIdentifier, false,
						new AuthorityKeyIdentifier(keyIdentifier(this.issuer).getKeyIdentifier())));
			}
		}
	}

	private static void addIfAbsent(X509v3CertificateBuilder builder, Extension extension) throws IOException {
		if (!builder.hasExtension(extension.getExtnId())) {
			builder.addExtension(extension);
		}
	}

	static SubjectKeyIdentifier keyIdentifier(X509Certificate certificate) throws GeneralSecurityException {
		// RFC 5280, 4.2.1.1: what the issuer states itself, if it does
		byte[] stated = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
		return (stated != null) ? SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(stated).getOctets())
				: keyIdentifier(SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded()));
	}

	private static SubjectKeyIdentifier keyIdentifier(SubjectPublicKeyInfo publicKey) throws GeneralSecurityException {
		return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(publicKey);
	}

	private ContentSigner contentSigner(CertificateRequest request) {
		String algorithm = (request.signatureAlgorithm() != null) ? request.signatureAlgorithm()
				: algorithmFor(this.issuerKey);
		try {
			return new JcaContentSignerBuilder(algorithm).build(this.issuerKey);
		}
		catch (OperatorCreationException ex) {
			throw new IllegalArgumentException(
					"A key of type %s cannot sign with %s".formatted(this.issuerKey.getAlgorithm(), algorithm), ex);
		}
	}

	private static Time time(Instant instant) {
		return new Time(Date.from(instant.truncatedTo(ChronoUnit.SECONDS)));
	}

	private static X509Certificate toJdk(X509CertificateHolder holder) throws GeneralSecurityException, IOException {
		return (X509Certificate) CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
	}

}
