package dev.mtls.cli.doctor;

import dev.mtls.decision.PrintableText;

/**
 * A problem as it was met.
 *
 * @param problem what is wrong
 * @param detail what was seen of it, which may quote what the server sent
 * @param fix what mends it
 */
record Finding(Problem problem, String detail, String fix) {

	Finding {
		detail = PrintableText.of(detail);
		fix = PrintableText.of(fix);
	}

	/**
	 * Create a finding with the usual fix.
	 * @param problem what is wrong
	 * @param detail what was seen of it
	 * @return the finding
	 */
	static Finding of(Problem problem, String detail) {
		return new Finding(problem, detail, problem.fix());
	}

	/**
	 * What is wrong, in one line.
	 * @return the problem and its detail
	 */
	String text() {
		return "%s (%s)".formatted(this.problem.text(), this.detail);
	}

}
