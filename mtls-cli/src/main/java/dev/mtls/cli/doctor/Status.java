package dev.mtls.cli.doctor;

import java.util.Locale;

/**
 * How a step ended.
 */
enum Status {

	/** All is well. */
	OK,

	/** Something is wrong. */
	PROBLEM,

	/** It could not be looked at, or must not be. */
	SKIPPED;

	/**
	 * The status as it is printed.
	 * @return the name in lower case
	 */
	String code() {
		return name().toLowerCase(Locale.ROOT);
	}

}
