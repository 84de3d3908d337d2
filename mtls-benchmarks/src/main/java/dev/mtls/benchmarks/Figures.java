package dev.mtls.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Figures by their name.
 */
final class Figures {

	private final Map<String, Medians> figures = new LinkedHashMap<>();

	void add(String name, double figure) {
		this.figures.computeIfAbsent(name, (key) -> new Medians()).add(figure);
	}

	void addAll(Figures round) {
		round.figures.forEach((name, figure) -> add(name, figure.last()));
	}

	void addRatios(Figures ours, Figures theirs) {
		ours.figures.forEach((name, figure) -> add(name, figure.last() / theirs.last(name)));
	}

	double last(String name) {
		return this.figures.computeIfAbsent(name, (key) -> new Medians()).last();
	}

	double median(String name) {
		return this.figures.computeIfAbsent(name, (key) -> new Medians()).median();
	}

	void print(String of) {
		this.figures.forEach((name, medians) -> System.out.printf("%s: %s: %s%n", of, name, medians));
	}

}
