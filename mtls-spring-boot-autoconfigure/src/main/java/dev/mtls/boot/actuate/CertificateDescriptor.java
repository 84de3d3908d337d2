package dev.mtls.boot.actuate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.mtls.decision.PrintableText;

/**
 * What operators are shown of a certificate.
 *
 * @param subject the subject, printable
 * @param issuer the issuer, printable
 * @param serialNumber the serial number in hexadecimal digits
 * @param notBefore when it begins to be valid
 * @param notAfter when it ceases to be valid
 * @param daysLeft the whole days until then, negative once it has expired
 */
public record CertificateDescriptor(String subject, String issuer, String serialNumber, Instant notBefore,
		Instant notAfter, long daysLeft) {

	static CertificateDescriptor of(X509Certificate certificate, Instant now) {
		Instant notAfter = certificate.getNotAfter().toInstant();
		return new CertificateDescriptor(PrintableText.of(certificate.getSubjectX500Principal().getName()),
				PrintableText.of(certificate.getIssuerX500Principal().getName()),
				certificate.getSerialNumber().toString(16), certificate.getNotBefore().toInstant(), notAfter,
				Math.floorDiv(Duration.between(now, notAfter).toSeconds(), Duration.ofDays(1).toSeconds()));
	}

	static List<CertificateDescriptor> of(List<X509Certificate> certificates, Instant now) {
		return certificates.stream().map((certificate) -> of(certificate, now)).toList();
	}

	Duration left(Instant now) {
		return Duration.between(now, this.notAfter);
	}

}
