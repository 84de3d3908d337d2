package dev.mtls.revocation;

import javax.security.auth.x500.X500Principal;

/**
 * How the details of denials name the issuer of a CRL.
 */
final class CrlNames {

	private static final int MAX_LENGTH = 200;

	private CrlNames() {
	}

	static String of(X500Principal issuer) {
		String name = issuer.toString();
		return (name.length() > MAX_LENGTH) ? name.substring(0, MAX_LENGTH) + "…" : name;
	}

}
