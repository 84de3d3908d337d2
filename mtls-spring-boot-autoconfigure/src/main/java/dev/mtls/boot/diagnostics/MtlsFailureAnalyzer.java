package dev.mtls.boot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import dev.mtls.decision.MtlsException;

/**
 * {@link org.springframework.boot.diagnostics.FailureAnalyzer} for {@link MtlsException}.
 */
final class MtlsFailureAnalyzer extends AbstractFailureAnalyzer<MtlsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MtlsException cause) {
		String description = "Mutual TLS is not usable:%n%n    Place: %s%n    Problem: %s%n    Reason: %s (%d)"
			.formatted(cause.place(), cause.problem(), cause.reason().code(), cause.reason().number());
		return new FailureAnalysis(description, capitalized(cause.fix()) + ".", cause);
	}

	private static String capitalized(String text) {
		return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

}
