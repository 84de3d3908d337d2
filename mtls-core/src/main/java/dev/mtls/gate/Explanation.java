package dev.mtls.gate;

import java.util.List;

import dev.mtls.decision.Decision;
import dev.mtls.decision.PrintableText;

/**
 * What a gate says of a peer, and what said so.
 *
 * @param steps what was looked at, in this order, up to the first that denies
 * @param decision what the gate does: {@code Allow} with the rule, or the denial
 */
public record Explanation(List<Step> steps, Decision decision) {

	/**
	 * Create an explanation with a copy of the steps.
	 */
	public Explanation {
		steps = List.copyOf(steps);
	}

	/**
	 * One thing that was looked at.
	 *
	 * @param subject what, such as {@code address} or {@code path}
	 * @param passed whether it speaks for the peer
	 * @param detail the rule, or why not; printable
	 */
	public record Step(String subject, boolean passed, String detail) {

		/**
		 * Create a step with the detail as {@linkplain PrintableText printable text}.
		 */
		public Step {
			detail = PrintableText.of(detail);
		}

		static Step of(String subject, Decision decision) {
			return (decision instanceof Decision.Allow allow) ? new Step(subject, true, allow.rule())
					: denied(subject, (Decision.Deny) decision);
		}

		static Step denied(String subject, Decision.Deny denial) {
			return new Step(subject, false, "%s: %s".formatted(denial.reason().code(), denial.detail()));
		}

	}

}
