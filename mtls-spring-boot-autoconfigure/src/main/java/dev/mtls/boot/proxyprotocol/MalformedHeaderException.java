package dev.mtls.boot.proxyprotocol;

/**
 * What a connection begins with is no header of the PROXY protocol.
 */
final class MalformedHeaderException extends Exception {

	private static final long serialVersionUID = 1L;

	MalformedHeaderException(String problem) {
		super(problem, null, false, false);
	}

	String problem() {
		return String.valueOf(getMessage());
	}

}
