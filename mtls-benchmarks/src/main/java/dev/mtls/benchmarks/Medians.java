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

	/**
	 * The figure below which a part of all figures is.
	 * @param part the part, from 0 to 1
	 * @return the figure
	 */
	double quantile(double part) {
		List<Double> sorted = this.figures.stream().sorted().toList();
		return sorted.get((int) (part * (sorted.size() - 1)));
	}

	int count() {
		return this.figures.size();
	}

	@Override
	public String toString() {
		return "%.2f (quarters %.2f and %.2f, %.2f to %.2f)".formatted(median(), quantile(0.25), quantile(0.75),
				quantile(0), quantile(1));
	}

}
