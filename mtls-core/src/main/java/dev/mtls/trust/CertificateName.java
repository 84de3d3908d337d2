package dev.mtls.trust;

import java.security.cert.X509Certificate;

import javax.security.auth.x500.X500Principal;

/**
 * How the details of denials name a certificate.
 */
final class CertificateName {

	private static final int MAX_LENGTH = 200;

	private CertificateName() {
	}

	static String ofSubject(X509Certificate certificate) {
		X500Principal subject = certificate.getSubjectX500Principal();
		return subject.getName().isEmpty() ? "with serial number " + shortened(certificate.getSerialNumber().toString())
				: of(subject);
	}

	static String of(X500Principal name) {
		return shortened(name.toString());
	}

	private static String shortened(String name) {
		return (name.length() > MAX_LENGTH) ? name.substring(0, MAX_LENGTH) + "…" : name;
	}

}
