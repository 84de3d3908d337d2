package dev.mtls.authority;

/**
 * Which purposes a certificate is restricted to (RFC 5280, 4.2.1.12).
 */
public enum ExtendedKeyUsage {

	/**
	 * A TLS server.
	 */
	SERVER_AUTH("1.3.6.1.5.5.7.3.1"),

	/**
	 * A TLS client.
	 */
	CLIENT_AUTH("1.3.6.1.5.5.7.3.2"),

	/**
	 * Signing code, which no peer of a TLS connection does.
	 */
	CODE_SIGNING("1.3.6.1.5.5.7.3.3"),

	/**
	 * Signing OCSP answers for the issuer of the certificate.
	 */
	OCSP_SIGNING("1.3.6.1.5.5.7.3.9"),

	/**
	 * Any purpose.
	 */
	ANY("2.5.29.37.0");

	private final String oid;

	ExtendedKeyUsage(String oid) {
		this.oid = oid;
	}

	String oid() {
		return this.oid;
	}

}
