package dev.mtls.revocation;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.mtls.source.ContentHash;

/**
 * Which certificate is meant: its number among those of its issuer. Name and key of the
 * issuer count together, because either may be used twice.
 *
 * @param issuer the hash of the issuer's name and key
 * @param serialNumber the serial number
 */
record CertificateId(ContentHash issuer, BigInteger serialNumber) {

	static CertificateId of(X509Certificate certificate, X509Certificate issuer) {
		return new CertificateId(
				ContentHash.ofFields(
						List.of(issuer.getSubjectX500Principal().getEncoded(), issuer.getPublicKey().getEncoded())),
				certificate.getSerialNumber());
	}

}
