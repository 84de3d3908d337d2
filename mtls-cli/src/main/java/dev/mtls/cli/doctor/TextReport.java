package dev.mtls.cli.doctor;

import java.io.PrintWriter;

import picocli.CommandLine.Help.Ansi;

/**
 * Prints a diagnosis for people: a line a step, and two for each problem.
 */
final class TextReport {

	private static final String INDENT = " ".repeat(22);

	private final PrintWriter out;

	private final Ansi ansi;

	/**
	 * Create a report.
	 * @param out where to
	 * @param ansi whether in colour
	 */
	TextReport(PrintWriter out, Ansi ansi) {
		this.out = out;
		this.ansi = ansi;
	}

	/**
	 * Print a diagnosis.
	 * @param diagnosis the diagnosis
	 */
	void print(Diagnosis diagnosis) {
		for (Step step : diagnosis.steps()) {
			this.out.println("%-12s%s%s".formatted(step.name().code(), coloured(step.status()), step.seen()));
			for (Finding finding : step.findings()) {
				this.out.println(INDENT + "wrong: " + finding.text());
				this.out.println(INDENT + "mend:  " + finding.fix());
			}
		}
		int count = diagnosis.findings().size();
		this.out.println();
		this.out.println(switch (count) {
			case 0 -> diagnosis.target() + ": no problem found";
			case 1 -> diagnosis.target() + ": 1 problem found";
			default -> "%s: %d problems found".formatted(diagnosis.target(), count);
		});
		this.out.flush();
	}

	private String coloured(Status status) {
		String colour = switch (status) {
			case OK -> "green";
			case PROBLEM -> "red";
			case SKIPPED -> "yellow";
		};
		return this.ansi.string("@|%s %-10s|@".formatted(colour, status.code()));
	}

}
