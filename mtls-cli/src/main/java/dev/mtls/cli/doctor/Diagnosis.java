package dev.mtls.cli.doctor;

import java.util.ArrayList;
import java.util.List;

/**
 * What was found out about a connection.
 *
 * @param target where to
 * @param serverName the name that the server has to prove
 * @param steps each step, in order
 */
record Diagnosis(Target target, String serverName, List<Step> steps) {

	Diagnosis {
		steps = List.copyOf(steps);
		if (!steps.stream().map(Step::name).toList().equals(List.of(StepName.values()))) {
			throw new IllegalArgumentException("A diagnosis has each step once, in order");
		}
	}

	/**
	 * Create a diagnosis of the steps that were reached; the others were skipped.
	 * @param plan what was looked at
	 * @param reached the steps that were reached
	 * @return the diagnosis
	 */
	static Diagnosis of(Plan plan, List<Step> reached) {
		List<Step> steps = new ArrayList<>(reached);
		for (StepName name : List.of(StepName.values()).subList(steps.size(), StepName.values().length)) {
			steps.add(Step.skipped(name, "not reached"));
		}
		return new Diagnosis(plan.target(), plan.serverName(), steps);
	}

	/**
	 * What is wrong.
	 * @return all problems, in the order of the steps
	 */
	List<Finding> findings() {
		return this.steps.stream().flatMap((step) -> step.findings().stream()).toList();
	}

}
