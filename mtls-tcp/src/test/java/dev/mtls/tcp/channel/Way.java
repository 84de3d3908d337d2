package dev.mtls.tcp.channel;

/**
 * How a channel is secured.
 */
enum Way {

	SECURE, KEY_EXCHANGE_IN_TLS, UNAUTHENTICATED;

	boolean hasTls() {
		return this != UNAUTHENTICATED;
	}

	boolean exchangesKeys() {
		return this != SECURE;
	}

}
