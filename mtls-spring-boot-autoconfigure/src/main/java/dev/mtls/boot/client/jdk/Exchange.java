package dev.mtls.boot.client.jdk;

import java.net.URI;

import dev.mtls.decision.Decision;

/**
 * A request that was begun, until its response has been read.
 */
interface Exchange {

	/**
	 * Where the request was sent to. A redirect is not known here.
	 * @return the address of the resource
	 */
	URI uri();

	/**
	 * End the exchange at once. Must not block.
	 * @param denial why
	 */
	void cut(Decision.Deny denial);

	/**
	 * Whether the exchange is with a server.
	 * @param host the host
	 * @param port the port
	 * @return whether it is
	 */
	default boolean isWith(String host, int port) {
		URI uri = uri();
		return port == ((uri.getPort() != -1) ? uri.getPort() : 443) && host.equalsIgnoreCase(uri.getHost());
	}

}
