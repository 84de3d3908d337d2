package dev.mtls.boot.diagnostics;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

import dev.mtls.decision.MtlsException;

/**
 * {@link org.springframework.boot.diagnostics.FailureAnalyzer} for {@link MtlsException}.
 */
final class MtlsFailureAnalyzer extends AbstractFailureAnalyzer<MtlsException> implements Ordered {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MtlsException cause) {
		return analysisOf(cause, cause);
	}

	/**
	 * Before Spring Boot's own, which would describe what is around the exception.
	 */
	@Override
	public int getOrder() {
		return 0;
	}

	static FailureAnalysis analysisOf(MtlsException problem, Throwable cause) {
		String description = "Mutual TLS is not usable:%n%n    Place: %s%n    Problem: %s%n    Reason: %s (%d)"
			.formatted(problem.place(), problem.problem(), problem.reason().code(), problem.reason().number());
		return new FailureAnalysis(description, capitalized(problem.fix()) + ".", cause);
	}

	private static String capitalized(String text) {
		return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
	}

}
