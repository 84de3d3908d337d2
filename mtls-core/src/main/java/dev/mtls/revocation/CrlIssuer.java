package dev.mtls.revocation;

import java.security.PublicKey;
import java.security.cert.X509Certificate;

import javax.security.auth.x500.X500Principal;

/**
 * Who issues CRLs: a name and the key of it, whichever certificate says that they belong
 * together.
 *
 * @param name the name
 * @param key the key
 */
record CrlIssuer(X500Principal name, PublicKey key) {

	static CrlIssuer of(X509Certificate certificate) {
		return new CrlIssuer(certificate.getSubjectX500Principal(), certificate.getPublicKey());
	}

	@Override
	public String toString() {
		return CrlNames.of(this.name);
	}

}
