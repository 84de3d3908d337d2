package dev.mtls.benchmarks;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What was measured of tunnels, beside what ours may cost.
 */
final class TunnelTable {

	static final String CPU = "bulk, processor seconds a GB, both ends";

	static final String THROUGHPUT = "bulk, MB/s";

	static final String ROUND_TRIP = "64 bytes there and back, median, µs";

	static final String SLOW_ROUND_TRIP = "64 bytes there and back, p99, µs";

	static final String START = "from start to accepting, the slower end, ms";

	static final String IDLE = "resident memory when idle, the larger end, MiB";

	static final String CONNECTION = "resident memory of an idle connection, the larger end, KiB";

	static final String CONNECTION_AGAIN = "the same, once as many were closed, KiB";

	private static final List<Bound> BOUNDS = List.of(new Bound(CPU, null, "≤", 1.4),
			new Bound(CPU, ComparedTunnel.HAPROXY, "≤", 0.78), new Bound(CPU, ComparedTunnel.STUNNEL, "≤", 0.72),
			new Bound(THROUGHPUT, ComparedTunnel.HAPROXY, "≥", 1.2),
			new Bound(THROUGHPUT, ComparedTunnel.STUNNEL, "≥", 1.2),
			new Bound(ROUND_TRIP, ComparedTunnel.HAPROXY, "≤", 1.1), new Bound(IDLE, null, "≤", 200),
			new Bound(CONNECTION, null, "≤", 20), new Bound(START, null, "≤", 3000));

	private final Map<ComparedTunnel, Figures> figures = new EnumMap<>(ComparedTunnel.class);

	private final Map<ComparedTunnel, Figures> ratios = new EnumMap<>(ComparedTunnel.class);

	// Ours, or that of bare Netty as long as there is none
	private final ComparedTunnel subject;

	TunnelTable(List<ComparedTunnel> tunnels) {
		this.subject = tunnels.contains(ComparedTunnel.MTLS) ? ComparedTunnel.MTLS : tunnels.get(tunnels.size() - 1);
		for (ComparedTunnel tunnel : tunnels) {
			this.figures.put(tunnel, new Figures());
			if (tunnel != this.subject) {
				this.ratios.put(tunnel, new Figures());
			}
		}
	}

	/**
	 * Add what was measured of one tunnel alone.
	 * @param tunnel the tunnel
	 * @param measured its figures
	 */
	void add(ComparedTunnel tunnel, Figures measured) {
		this.figures.computeIfAbsent(tunnel, (key) -> new Figures()).addAll(measured);
	}

	/**
	 * Add a round, of which the ratios count.
	 * @param round the figures of each tunnel
	 */
	void add(Map<ComparedTunnel, Figures> round) {
		round.forEach(this::add);
		Figures ours = round.getOrDefault(this.subject, new Figures());
		this.ratios.forEach((tunnel, kept) -> kept.addRatios(ours, round.getOrDefault(tunnel, new Figures())));
	}

	void print() {
		this.figures.forEach((tunnel, measured) -> measured.print(tunnel.toString()));
		this.ratios.forEach((tunnel, measured) -> measured.print("%s, × %s".formatted(this.subject, tunnel)));
		System.out.printf("%n| | %s |%n|---|%s%n", String.join(" | ", names()), "---|".repeat(this.figures.size()));
		for (String name : List.of(CPU, THROUGHPUT, ROUND_TRIP, SLOW_ROUND_TRIP, START, IDLE, CONNECTION,
				CONNECTION_AGAIN)) {
			StringBuilder row = new StringBuilder("| %s |".formatted(name));
			this.figures.values().forEach((measured) -> row.append(" %.2f |".formatted(measured.median(name))));
			System.out.println(row);
		}
		System.out.printf("%n| %s | median | bound | held |%n|---|---|---|---|%n", this.subject);
		BOUNDS.forEach(this::print);
	}

	private void print(Bound bound) {
		Figures measured = (bound.times() != null) ? this.ratios.get(bound.times()) : this.figures.get(this.subject);
		if (measured != null) {
			double median = measured.median(bound.name());
			System.out.printf("| %s%s | %.2f | %s %s | %s |%n", bound.name(),
					(bound.times() != null) ? ", × " + bound.times() : "", median, bound.relation(), bound.value(),
					bound.holds(median) ? "yes" : "no");
		}
	}

	private List<String> names() {
		return this.figures.keySet().stream().map(ComparedTunnel::name).toList();
	}

	/**
	 * What a figure of ours may be.
	 *
	 * @param name of the figure
	 * @param times the tunnel whose figure counts as one, {@code null} if it counts by
	 * itself
	 * @param relation of the figure to the value
	 * @param value the value
	 */
	private record Bound(String name, @Nullable ComparedTunnel times, String relation, double value) {

		boolean holds(double figure) {
			return "≤".equals(this.relation) ? figure <= this.value : figure >= this.value;
		}

	}

}
