package dev.mtls.tcp.netty;

/**
 * Follows the last bytes that a peer sent, who closed its side by a close_notify (RFC
 * 8446, section 6.1). An end of the connection without it may be one that somebody else
 * made.
 */
public final class EndOfInput {

	/**
	 * The only instance.
	 */
	public static final EndOfInput INSTANCE = new EndOfInput();

	private EndOfInput() {
	}

	@Override
	public String toString() {
		return "EndOfInput";
	}

}
