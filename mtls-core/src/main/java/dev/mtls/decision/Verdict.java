package dev.mtls.decision;

import java.util.function.Function;

/**
 * The result of a verification: what was verified, or the denial.
 *
 * @param <T> the type that only a successful verification yields
 */
public sealed interface Verdict<T> {

	/**
	 * Go on with the verified value, or pass the denial on.
	 * @param <R> the type of the next verification
	 * @param next the next verification
	 * @return its verdict, or the denial of this one
	 */
	default <R> Verdict<R> then(Function<T, Verdict<R>> next) {
		if (this instanceof Accepted<T> accepted) {
			return next.apply(accepted.value());
		}
		return new Refused<>(((Refused<T>) this).denial());
	}

	/**
	 * An accepted value.
	 * @param <T> the type of the value
	 * @param value the value
	 * @return the verdict
	 */
	static <T> Verdict<T> accepted(T value) {
		return new Accepted<>(value);
	}

	/**
	 * A denial.
	 * @param <T> the type that a success would have had
	 * @param reason why
	 * @param detail what a reader needs beside the reason
	 * @return the verdict
	 */
	static <T> Verdict<T> refused(Reason reason, String detail) {
		return new Refused<>(new Decision.Deny(reason, detail));
	}

	/**
	 * The verification succeeded.
	 *
	 * @param <T> the type of the value
	 * @param value what was verified
	 */
	record Accepted<T>(T value) implements Verdict<T> {
	}

	/**
	 * The verification failed.
	 *
	 * @param <T> the type that a success would have had
	 * @param denial why
	 */
	record Refused<T>(Decision.Deny denial) implements Verdict<T> {
	}

}
