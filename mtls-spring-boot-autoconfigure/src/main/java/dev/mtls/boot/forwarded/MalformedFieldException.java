package dev.mtls.boot.forwarded;

/**
 * A header field is not what its specification asks for, or exceeds a bound. The message
 * is the problem, without any of the content; it never leaves this package as an
 * exception.
 */
final class MalformedFieldException extends Exception {

	MalformedFieldException(String problem) {
		super(problem);
	}

	String problem() {
		return String.valueOf(getMessage());
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
