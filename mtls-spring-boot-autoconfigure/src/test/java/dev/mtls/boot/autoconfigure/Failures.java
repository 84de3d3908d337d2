package dev.mtls.boot.autoconfigure;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;

/**
 * Looks into failures of the start.
 */
final class Failures {

	private Failures() {
	}

	static MtlsException mtlsException(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException exception) {
				return exception;
			}
		}
		throw new AssertionError("Not caused by an MtlsException", failure);
	}

	static String stackTrace(@Nullable Throwable failure) {
		StringWriter text = new StringWriter();
		if (failure != null) {
			failure.printStackTrace(new PrintWriter(text));
		}
		return text.toString();
	}

}
