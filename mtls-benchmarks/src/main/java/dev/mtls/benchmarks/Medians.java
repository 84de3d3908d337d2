package dev.mtls.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Figures of one kind, of which the one in the middle counts.
 */
final class Medians {

	private final List<Double> figures = new ArrayList<>();

	void add(double figure) {
		this.figures.add(figure);
	}

	double last() {
		return this.figures.get(this.figures.size() - 1);
	}

	double median() {
		List<Double> sorted = this.figures.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	@Override
	public String toString() {
		List<Double> sorted = this.figures.stream().sorted().toList();
		return "%.2f (%.2f to %.2f)".formatted(median(), sorted.get(0), sorted.get(sorted.size() - 1));
	}

}
