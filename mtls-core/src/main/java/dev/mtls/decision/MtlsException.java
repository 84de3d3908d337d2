package dev.mtls.decision;

import org.jspecify.annotations.Nullable;

/**
 * Something is broken: configuration, material, or the network. It names the place, the
 * problem and the fix, and never a secret.
 */
public class MtlsException extends RuntimeException {

	/**
	 * The reason.
	 */
	private final Reason reason;

	/**
	 * Where the problem is.
	 */
	private final String place;

	/**
	 * What is wrong, without a period at its end.
	 */
	private final String problem;

	/**
	 * What to do about it, without a period at its end.
	 */
	private final String fix;

	/**
	 * Create an exception.
	 * @param reason the reason
	 * @param place where it is, such as {@code mtls.server.certificate=file:tls.crt}
	 * @param problem what is wrong there
	 * @param fix what to do about it
	 */
	public MtlsException(Reason reason, String place, String problem, String fix) {
		this(reason, place, problem, fix, null);
	}

	/**
	 * Create an exception with a cause.
	 * @param reason the reason
	 * @param place where it is, such as {@code mtls.server.certificate=file:tls.crt}
	 * @param problem what is wrong there
	 * @param fix what to do about it
	 * @param cause the cause, or {@code null}
	 */
	public MtlsException(Reason reason, String place, String problem, String fix, @Nullable Throwable cause) {
		this(reason, cause, withoutPeriod(place), withoutPeriod(problem), withoutPeriod(fix));
	}

	private MtlsException(Reason reason, @Nullable Throwable cause, String place, String problem, String fix) {
		super("%s: %s. %s.".formatted(place, problem, fix), cause);
		this.reason = reason;
		this.place = place;
		this.problem = problem;
		this.fix = fix;
	}

	/**
	 * Create the exception for a peer that was refused, where an API has no other way to
	 * say so.
	 * @param peer the peer, such as {@code api.example.com:8443}
	 * @param denial why
	 * @return the exception
	 */
	public static MtlsException refused(String peer, Decision.Deny denial) {
		return new MtlsException(denial.reason(), peer, "refused, because " + denial.detail(), denial.reason().fix());
	}

	/**
	 * The reason.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Where the problem is.
	 * @return the place, such as {@code mtls.server.certificate=file:tls.crt}
	 */
	public String place() {
		return this.place;
	}

	/**
	 * What is wrong.
	 * @return the problem, without a period at its end
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * What to do about it.
	 * @return the fix, without a period at its end
	 */
	public String fix() {
		return this.fix;
	}

	/**
	 * The same exception, with the place that only the caller knows before its own.
	 * @param outerPlace the place around this one, such as a property or a file and line
	 * @return the exception to throw instead of this one
	 */
	public MtlsException at(String outerPlace) {
		// What is printable already must not be escaped once more
		return new MtlsException(this.reason, this, "%s: %s".formatted(withoutPeriod(outerPlace), this.place),
				this.problem, this.fix);
	}

	/**
	 * The category of the reason.
	 * @return the category
	 */
	public Category category() {
		return this.reason.category();
	}

	/**
	 * Whether the same may succeed when it is tried again, as it may after a connection
	 * failed. What was refused will be refused again.
	 * @return whether to try again is worth while
	 */
	public boolean isRecoverable() {
		return category() == Category.NETWORK || this.reason == Reason.HANDSHAKE_TIMEOUT;
	}

	/**
	 * Whether the application's own configuration or material is wrong, which no peer and
	 * no retry mends.
	 * @return whether the category is {@link Category#CONFIGURATION}
	 */
	public boolean isConfiguration() {
		return category() == Category.CONFIGURATION;
	}

	/**
	 * Whether the network did not carry the connection.
	 * @return whether the category is {@link Category#NETWORK}
	 */
	public boolean isNetwork() {
		return category() == Category.NETWORK;
	}

	/**
	 * Whether TLS itself, or a certificate, failed.
	 * @return whether the category is {@link Category#TLS}
	 */
	public boolean isTls() {
		return category() == Category.TLS;
	}

	/**
	 * Whether a certificate says something about its holder that cannot be used.
	 * @return whether the category is {@link Category#IDENTITY}
	 */
	public boolean isIdentity() {
		return category() == Category.IDENTITY;
	}

	/**
	 * Whether a rule of this side refuses the peer.
	 * @return whether the category is {@link Category#POLICY}
	 */
	public boolean isPolicy() {
		return category() == Category.POLICY;
	}

	/**
	 * Whether a source could not be read or a target not be written.
	 * @return whether the category is {@link Category#IO}
	 */
	public boolean isIo() {
		return category() == Category.IO;
	}

	private static String withoutPeriod(String text) {
		String printable = PrintableText.of(text);
		return printable.endsWith(".") ? printable.substring(0, printable.length() - 1) : printable;
	}

}
