package dev.mtls.authority;

/**
 * What a key may be used for (RFC 5280, 4.2.1.3).
 */
public enum KeyUsage {

	/**
	 * Signing data other than certificates and CRLs, such as a TLS handshake.
	 */
	DIGITAL_SIGNATURE(org.bouncycastle.asn1.x509.KeyUsage.digitalSignature),

	/**
	 * Encrypting keys, as in TLS without forward secrecy.
	 */
	KEY_ENCIPHERMENT(org.bouncycastle.asn1.x509.KeyUsage.keyEncipherment),

	/**
	 * Agreeing on keys.
	 */
	KEY_AGREEMENT(org.bouncycastle.asn1.x509.KeyUsage.keyAgreement),

	/**
	 * Signing certificates.
	 */
	KEY_CERT_SIGN(org.bouncycastle.asn1.x509.KeyUsage.keyCertSign),

	/**
	 * Signing certificate revocation lists.
	 */
	CRL_SIGN(org.bouncycastle.asn1.x509.KeyUsage.cRLSign);

	private final int bit;

	KeyUsage(int bit) {
		this.bit = bit;
	}

	int bit() {
		return this.bit;
	}

}
