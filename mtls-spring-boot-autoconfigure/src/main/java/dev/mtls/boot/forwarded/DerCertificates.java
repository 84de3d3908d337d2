package dev.mtls.boot.forwarded;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The certificates of one forwarded chain, as they are added one by one, within bounds.
 */
final class DerCertificates {

	static final int MAX_CERTIFICATES = 10;

	static final int MAX_BYTES = 64 * 1024;

	// X.690: a certificate is a SEQUENCE. The factory would also read PEM, past any text
	private static final byte SEQUENCE = 0x30;

	private final List<X509Certificate> certificates = new ArrayList<>();

	/**
	 * Add a certificate.
	 * @param der the bytes of exactly one certificate in DER
	 * @throws MalformedFieldException if they are not, or exceed a bound
	 */
	void add(byte[] der) throws MalformedFieldException {
		if (this.certificates.size() == MAX_CERTIFICATES) {
			throw new MalformedFieldException("more than %d certificates are forwarded".formatted(MAX_CERTIFICATES));
		}
		if (der.length > MAX_BYTES) {
			throw new MalformedFieldException(
					"a certificate has %d bytes, at most %d are read".formatted(der.length, MAX_BYTES));
		}
		this.certificates.add(parse(der));
	}

	boolean isEmpty() {
		return this.certificates.isEmpty();
	}

	/**
	 * The chain.
	 * @return the certificates in the order in which they were added
	 */
	List<X509Certificate> toList() {
		return List.copyOf(this.certificates);
	}

	private static X509Certificate parse(byte[] der) throws MalformedFieldException {
		if (der.length == 0 || der[0] != SEQUENCE) {
			throw new MalformedFieldException("what is forwarded is no certificate in DER");
		}
		try {
			X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(der));
			// Bytes may follow, and the factory turns some BER into DER
			if (Arrays.equals(certificate.getEncoded(), der)) {
				return certificate;
			}
		}
		catch (CertificateException ex) {
			throw new MalformedFieldException("a forwarded certificate cannot be parsed");
		}
		throw new MalformedFieldException("a forwarded certificate is not in DER, or bytes follow it");
	}

}
