package dev.mtls.identity;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

import javax.security.auth.x500.X500Principal;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Reads the identity from a certificate's DER. The JDK's own view of the names is not
 * used, because it leaves a subject alternative name extension out without a word if it
 * cannot be parsed and is not critical.
 */
final class CertificateReader {

	private static final int MAX_CERTIFICATE_SIZE = 256 * 1024;

	private static final int MAX_DISTINGUISHED_NAME_SIZE = 8 * 1024;

	// Of the 20 octets of RFC 5280, section 4.1.2.2, some CAs use more, but none this
	// many
	private static final int MAX_SERIAL_NUMBER_BITS = 64 * 8;

	private CertificateReader() {
	}

	static PeerIdentity read(X509Certificate certificate) {
		byte[] encoded = encoded(certificate);
		String fingerprint = sha256(encoded);
		try {
			return read(certificate, encoded, fingerprint);
		}
		catch (IOException | RuntimeException ex) {
			// Bouncy Castle reports what is malformed by any runtime exception
			throw malformed("Certificate with the SHA-256 fingerprint " + fingerprint, ex);
		}
	}

	private static PeerIdentity read(X509Certificate certificate, byte[] encoded, String fingerprint)
			throws IOException {
		checkSize("certificate", encoded.length, MAX_CERTIFICATE_SIZE);
		if (certificate.getSerialNumber().bitLength() > MAX_SERIAL_NUMBER_BITS) {
			throw new IllegalArgumentException(
					"The serial number is longer than %d bits".formatted(MAX_SERIAL_NUMBER_BITS));
		}
		TBSCertificate tbsCertificate = Certificate.getInstance(encoded).getTBSCertificate();
		String subject = distinguishedName("subject", tbsCertificate.getSubject());
		String issuer = distinguishedName("issuer", tbsCertificate.getIssuer());
		SubjectAlternativeNames names = alternativeNames(tbsCertificate);
		return new PeerIdentity(subject, singleCommonName(tbsCertificate.getSubject()),
				SubjectAttributes.of(tbsCertificate.getSubject(), BCStyle.OU), names.dnsNames(), names.uris(),
				names.ipAddresses(), names.emailAddresses(), PeerIdentity.spiffeIdOf(names.uris()),
				certificate.getSerialNumber(), issuer, fingerprint,
				sha256(der(tbsCertificate.getSubjectPublicKeyInfo())), certificate.getNotBefore().toInstant(),
				certificate.getNotAfter().toInstant());
	}

	private static String distinguishedName(String label, X500Name name) throws IOException {
		byte[] der = der(name);
		checkSize(label, der.length, MAX_DISTINGUISHED_NAME_SIZE);
		SubjectAttributes.check(label, name);
		return new X500Principal(der).getName();
	}

	private static @Nullable String singleCommonName(X500Name subject) {
		List<String> commonNames = SubjectAttributes.of(subject, BCStyle.CN);
		return (commonNames.size() == 1 && !commonNames.get(0).isEmpty()) ? commonNames.get(0) : null;
	}

	private static SubjectAlternativeNames alternativeNames(TBSCertificate certificate) throws IOException {
		Extension extension = (certificate.getExtensions() != null)
				? certificate.getExtensions().getExtension(Extension.subjectAlternativeName) : null;
		return (extension != null) ? SubjectAlternativeNames.parse(extension.getExtnValue().getOctets())
				: SubjectAlternativeNames.NONE;
	}

	private static void checkSize(String label, int size, int maxSize) {
		if (size > maxSize) {
			throw new IllegalArgumentException("The %s is larger than %d bytes".formatted(label, maxSize));
		}
	}

	private static byte[] encoded(X509Certificate certificate) {
		try {
			return certificate.getEncoded();
		}
		catch (CertificateEncodingException ex) {
			throw malformed("Certificate", ex);
		}
	}

	private static byte[] der(ASN1Object object) throws IOException {
		return object.getEncoded(ASN1Encoding.DER);
	}

	private static String sha256(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static MtlsException malformed(String place, Exception cause) {
		@Nullable String problem = cause.getMessage();
		return new MtlsException(Reason.IDENTITY_MALFORMED, place,
				(problem != null) ? problem : "Its encoding is malformed",
				"Issue a certificate whose names follow RFC 5280, sections 4.1.2.6 and 4.2.1.6", cause);
	}

}
