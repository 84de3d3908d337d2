package dev.mtls.tcp.tunnel;

/**
 * On which side of a tunnel the TLS is.
 */
public enum TunnelRole {

	/**
	 * Accepts TLS, and connects to a plain service.
	 */
	SERVER,

	/**
	 * Accepts plain connections, and connects to a TLS server.
	 */
	CLIENT

}
