package dev.mtls.cli.doctor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.mtls.decision.PrintableText;

/**
 * One step of a connection, as it was seen.
 *
 * @param name which step
 * @param status how it ended
 * @param seen what was seen, in one line
 * @param facts the same for scripts, in order: strings, integers, booleans and lists of
 * strings
 * @param findings what is wrong; not empty if, and only if, the status is a problem
 */
record Step(StepName name, Status status, String seen, Map<String, Object> facts, List<Finding> findings) {

	Step {
		seen = PrintableText.of(seen);
		facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
		findings = List.copyOf(findings);
		if (findings.isEmpty() == (status == Status.PROBLEM)) {
			throw new IllegalArgumentException("A problem has findings, and nothing else has");
		}
	}

	/**
	 * Create the step that was looked at.
	 * @param name which step
	 * @param seen what was seen
	 * @param facts the same for scripts
	 * @param findings what is wrong, or none
	 * @return the step
	 */
	static Step of(StepName name, String seen, Map<String, Object> facts, List<Finding> findings) {
		return new Step(name, findings.isEmpty() ? Status.OK : Status.PROBLEM, seen, facts, findings);
	}

	/**
	 * Create a step that was not looked at.
	 * @param name which step
	 * @param why why it was not
	 * @return the step
	 */
	static Step skipped(StepName name, String why) {
		return new Step(name, Status.SKIPPED, why, Map.of(), List.of());
	}

	/**
	 * Whether all is well.
	 * @return {@code true} for {@link Status#OK}
	 */
	boolean isOk() {
		return this.status == Status.OK;
	}

}
