package dev.mtls.socket;

/**
 * What a server's certificate is checked for beside its path, by who connects.
 */
public enum ServerCheck {

	/**
	 * It holds the host name that was connected to (RFC 9525); allowed names, where set,
	 * count too.
	 */
	HOSTNAME,

	/**
	 * It holds an allowed name, whatever the host name.
	 */
	IDENTITY,

	/**
	 * It holds the host name and an allowed name.
	 */
	BOTH

}
