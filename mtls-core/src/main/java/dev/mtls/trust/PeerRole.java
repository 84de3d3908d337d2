package dev.mtls.trust;

/**
 * What the peer whose chain is verified does in the handshake. It decides which extended
 * key usage its path must allow (RFC 5280, section 4.2.1.12).
 */
public enum PeerRole {

	/**
	 * The peer connects: its path must allow {@code clientAuth}.
	 */
	CLIENT("clientAuth"),

	/**
	 * The peer listens: its path must allow {@code serverAuth}.
	 */
	SERVER("serverAuth");

	private final String purpose;

	PeerRole(String purpose) {
		this.purpose = purpose;
	}

	/**
	 * The extended key usage of this role, as RFC 5280 names it.
	 * @return the name
	 */
	String purpose() {
		return this.purpose;
	}

}
