package dev.mtls.test;

/**
 * What can be wrong with a certificate, one thing at a time. All else about a certificate
 * with a flaw is right. Those that a peer accepts nevertheless say so.
 */
public enum Flaw {

	/**
	 * Its validity ended yesterday.
	 */
	EXPIRED,

	/**
	 * Its validity begins tomorrow.
	 */
	NOT_YET_VALID,

	/**
	 * It was issued by an authority with another name and key.
	 */
	OTHER_AUTHORITY,

	/**
	 * It was issued by an authority with the same name and another key.
	 */
	IMPOSTOR_AUTHORITY,

	/**
	 * It is its own issuer.
	 */
	SELF_SIGNED,

	/**
	 * It was issued by an intermediate that is not sent along.
	 */
	MISSING_INTERMEDIATE,

	/**
	 * It holds only names that nobody expects: {@code wrong.example}.
	 */
	WRONG_NAME,

	/**
	 * A client's is for servers only, a server's for clients only.
	 */
	WRONG_EXTENDED_KEY_USAGE,

	/**
	 * It has no extended key usage, which is accepted.
	 */
	WITHOUT_EXTENDED_KEY_USAGE,

	/**
	 * Its key usage lacks {@code digitalSignature}.
	 */
	WRONG_KEY_USAGE,

	/**
	 * It has no key usage, which is accepted.
	 */
	WITHOUT_KEY_USAGE,

	/**
	 * Its basic constraints say that it is an authority.
	 */
	CA_AS_LEAF,

	/**
	 * Its key usage holds {@code keyCertSign} besides {@code digitalSignature}.
	 */
	KEY_CERT_SIGN,

	/**
	 * Its key is RSA with 1024 bits.
	 */
	WEAK_KEY,

	/**
	 * It is signed with SHA-1.
	 */
	WEAK_SIGNATURE,

	/**
	 * It holds a critical extension that nobody knows.
	 */
	UNKNOWN_CRITICAL_EXTENSION,

	/**
	 * It is of version 1, without extensions and so without names beside the common name,
	 * which is accepted of a client.
	 */
	VERSION_1

}
