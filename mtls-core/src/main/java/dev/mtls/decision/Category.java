package dev.mtls.decision;

/**
 * What kind of thing a {@link Reason} is about. The category is the hundreds digit of
 * {@link Reason#number()}.
 */
public enum Category {

	/**
	 * The application's own configuration or material is wrong.
	 */
	CONFIGURATION(1),

	/**
	 * The network did not carry the connection.
	 */
	NETWORK(2),

	/**
	 * TLS itself, or a certificate, failed.
	 */
	TLS(3),

	/**
	 * A certificate says something about its holder that cannot be used.
	 */
	IDENTITY(4),

	/**
	 * A rule of this side refuses the peer.
	 */
	POLICY(5),

	/**
	 * Bytes could not be read or written.
	 */
	IO(6),

	/**
	 * A defect in this software.
	 */
	INTERNAL(9);

	private final int number;

	Category(int number) {
		this.number = number;
	}

	/**
	 * The hundreds digit of the numbers of this category.
	 * @return a digit from 1 to 9
	 */
	public int number() {
		return this.number;
	}

}
