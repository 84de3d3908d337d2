package dev.mtls.boot.forwarded;

/**
 * The header in which proxies tell the address of their client. Only the one that they
 * write may be read: the other comes from the client.
 */
public enum AddressHeader {

	/**
	 * {@code X-Forwarded-For}: addresses separated by commas.
	 */
	X_FORWARDED_FOR,

	/**
	 * {@code Forwarded} (RFC 7239).
	 */
	FORWARDED

}
