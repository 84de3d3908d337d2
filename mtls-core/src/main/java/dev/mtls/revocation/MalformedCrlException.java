package dev.mtls.revocation;

/**
 * The bytes of a CRL, or of an extension that has to do with CRLs, are not what the
 * standard asks for, or ask for what is not supported. The message is the problem; it
 * never leaves this package as an exception.
 */
final class MalformedCrlException extends Exception {

	MalformedCrlException(String problem) {
		super(problem);
	}

	MalformedCrlException(String problem, Throwable cause) {
		super(problem, cause);
	}

	String problem() {
		return String.valueOf(getMessage());
	}

	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
