package dev.mtls.cli.doctor;

import java.util.Locale;

/**
 * The steps of a connection, in their order.
 */
enum StepName {

	/** The host name becomes addresses. */
	RESOLVE,

	/** TCP connects to one of them. */
	CONNECT,

	/** TLS agrees on a protocol and cipher suite. */
	HANDSHAKE,

	/** The server's chain leads to a trust anchor. */
	CHAIN,

	/** The server's certificate names the host. */
	NAME,

	/** The server asks for a client certificate, and accepts it. */
	POLICY,

	/** A second connection resumes the session. */
	RESUMPTION;

	/**
	 * The name as it is printed.
	 * @return the name in lower case
	 */
	String code() {
		return name().toLowerCase(Locale.ROOT);
	}

}
