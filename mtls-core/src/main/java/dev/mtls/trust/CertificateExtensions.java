package dev.mtls.trust;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * The extensions of a certificate that the checks read. The JDK's own getters treat an
 * extension that is not critical and cannot be parsed as if it were absent; here it is an
 * {@link IllegalArgumentException}.
 */
final class CertificateExtensions {

	private CertificateExtensions() {
	}

	static boolean isCa(X509Certificate certificate) {
		return read(certificate, Extension.basicConstraints, BasicConstraints::getInstance).map(BasicConstraints::isCA)
			.orElse(false);
	}

	static Optional<KeyUsage> keyUsage(X509Certificate certificate) {
		return read(certificate, Extension.keyUsage, KeyUsage::getInstance);
	}

	static Optional<ExtendedKeyUsage> extendedKeyUsage(X509Certificate certificate) {
		return read(certificate, Extension.extendedKeyUsage, ExtendedKeyUsage::getInstance);
	}

	private static <T> Optional<T> read(X509Certificate certificate, ASN1ObjectIdentifier identifier,
			Function<ASN1Primitive, T> parser) {
		byte[] value = certificate.getExtensionValue(identifier.getId());
		if (value == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(parser.apply(JcaX509ExtensionUtils.parseExtensionValue(value)));
		}
		catch (IOException | RuntimeException ex) {
			throw new IllegalArgumentException("extension %s of certificate %s cannot be parsed"
				.formatted(identifier.getId(), CertificateName.ofSubject(certificate)), ex);
		}
	}

}
