package dev.mtls.tcp.channel.blocking;

/**
 * How channels are secured.
 */
enum Way {

	SECURE, KEY_EXCHANGE, KEY_EXCHANGE_IN_MTLS

}
