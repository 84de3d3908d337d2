package dev.mtls.cli.doctor;

import java.util.Locale;

/**
 * What can be wrong with a connection, in plain words, and what mends it. The name is
 * stable: scripts read it.
 */
enum Problem {

	/** The host has no address. */
	HOST_UNKNOWN("the host name has no address", "correct the name, or its entry in DNS or the hosts file"),

	/** Nobody listens there. */
	CONNECTION_REFUSED("the connection is refused: nothing listens on this port",
			"check the port number, and that the server runs and listens on this address"),

	/** No answer to the connection. */
	CONNECT_TIMEOUT("nothing answers at this address",
			"check the address, and that no firewall or security group on the way drops the connection"),

	/** No way there. */
	UNREACHABLE("the address cannot be reached", "check the address, and the network and routes to it"),

	/** The server does not speak TLS. */
	PLAIN_TEXT_PORT("the port speaks plain text, not TLS",
			"connect to the port that speaks TLS, or switch TLS on for this one"),

	/** The TLS handshake does not end. */
	HANDSHAKE_TIMEOUT("the server does not answer the TLS handshake in time",
			"check that this port speaks TLS and is no plain-text port that waits, and that the server is not"
					+ " overloaded"),

	/** The connection ends without a word. */
	HANDSHAKE_CLOSED("the server ends the connection before it answers the TLS handshake",
			"check that this port speaks TLS, that the server allows your address, and what its log and any proxy on"
					+ " the way say"),

	/** Nothing in common. */
	PROTOCOL_OR_CIPHER_MISMATCH("client and server have no protocol version, cipher suite or group in common",
			"let the server offer TLS 1.3, or TLS 1.2 with an ECDHE and AEAD cipher suite that fits its certificate's"
					+ " key"),

	/** SNI names no host of the server. */
	SERVER_NAME_UNKNOWN("the server knows no host of this name (SNI)",
			"connect by a name that the server is configured for, or give it with --server-name"),

	/** The handshake fails in some other way. */
	HANDSHAKE_FAILED("the TLS handshake fails", "look into the log of the server for its side of the story"),

	/** Expired. */
	CERTIFICATE_EXPIRED("a certificate of the server has expired",
			"renew it and have the server load it; if it has not expired, correct the clock of this machine"),

	/** Not yet valid. */
	CERTIFICATE_NOT_YET_VALID("a certificate of the server is not valid yet",
			"compare the clocks of this machine, the server and its CA (date -u), or wait until it is valid"),

	/** No anchor. */
	UNKNOWN_ISSUER("the issuer of the server's certificate is not trusted",
			"give the certificate of the CA that issued it with --ca, if it is to be trusted"),

	/** The path has a gap. */
	MISSING_INTERMEDIATE("the server does not send the intermediate certificate that leads to a trusted CA",
			"put the intermediate behind the server's own certificate in its certificate file; if the missing issuer"
					+ " is a root, give it with --ca"),

	/** The chain breaks another rule. */
	CHAIN_REFUSED("the server's certificate chain breaks a rule",
			"have its CA issue a certificate in which that is right"),

	/** The certificate is for another host. */
	WRONG_NAME("the server's certificate is not for this name",
			"connect by a name that it holds, or issue one that has this name as a SAN (RFC 9525; the common name"
					+ " does not count)"),

	/** TLS without a client certificate. */
	CLIENT_CERTIFICATE_NOT_ASKED_FOR("the server does not ask for a client certificate, so yours is not used",
			"switch client authentication on at the server (such as mtls.server.client-auth=need), or connect to the"
					+ " port that has it"),

	/** None was given, and one is needed. */
	CLIENT_CERTIFICATE_REQUIRED("the server requires a client certificate, and none was given",
			"give one with --cert and --key, issued by a CA that the server names"),

	/** The key does not fit. */
	CLIENT_CERTIFICATE_UNUSABLE("the server takes no client certificate with a key of this type",
			"use a client certificate with a key of a type that the server takes"),

	/** Outside of its validity period. */
	CLIENT_CERTIFICATE_INVALID("your client certificate is not valid now",
			"renew your client certificate, or correct the clock of this machine"),

	/** The server does not want it. */
	CLIENT_CERTIFICATE_REFUSED("the server refuses your client certificate",
			"look into the log of the server for the reason");

	private final String text;

	private final String fix;

	Problem(String text, String fix) {
		this.text = text;
		this.fix = fix;
	}

	/**
	 * What is wrong.
	 * @return a clause without a period
	 */
	String text() {
		return this.text;
	}

	/**
	 * What usually mends it.
	 * @return a clause without a period
	 */
	String fix() {
		return this.fix;
	}

	/**
	 * The name as JSON has it.
	 * @return the name in lower case with hyphens, such as {@code wrong-name}
	 */
	String code() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
