package dev.mtls.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * A documented command with sizes that end it soon.
 *
 * @param command what a shell is given
 * @param lines what the command has to print
 */
record ShortRun(String command, List<Pattern> lines) {

	private static final String BENCHMARK_OPTIONS = " -f 1 -wi 0 -i 1 -r 20ms -foe true"
			+ " -p count=1000 -p peers=64 -p octets=16 -p sought=1024 -p listed=50 -p connections=100";

	private static final Pattern BENCHMARKS = Pattern
		.compile(" -jar " + Pattern.quote(DocumentedCommands.JAR) + " '?(\\w+(?:\\|\\w+)*)");

	// One that is nearly none is given as a power of ten
	private static final String SCORE = "(\\d|10⁻\\S+) +";

	private static final String COMPARISON = " -cp " + DocumentedCommands.JAR;

	/**
	 * Shorten a command.
	 * @param documented the command as it is documented
	 * @return the command and what it has to print
	 */
	static ShortRun of(String documented) {
		Matcher benchmarks = BENCHMARKS.matcher(documented);
		if (benchmarks.find()) {
			List<Pattern> lines = new ArrayList<>();
			for (String name : benchmarks.group(1).split("\\|", -1)) {
				lines.addAll(rows(name, documented));
			}
			return new ShortRun(documented + BENCHMARK_OPTIONS, lines);
		}
		ShortComparison comparison = ShortComparison.of(documented);
		// Of two values of a property the latter counts
		String command = documented.replace(COMPARISON, " " + comparison.sizes() + COMPARISON);
		return new ShortRun(command, comparison.lines());
	}

	/**
	 * What is missing of what the command has to print.
	 * @param output what it printed
	 * @return the missing lines
	 */
	List<Pattern> missing(String output) {
		return this.lines.stream().filter((line) -> !line.matcher(output).find()).toList();
	}

	// A row of the table of JMH for each benchmark of the class, and for what was
	// profiled
	private static List<Pattern> rows(String name, String command) {
		List<String> figures = new ArrayList<>(List.of(" .*" + SCORE + "(ns|ms)/op"));
		if (command.contains(" -prof gc")) {
			figures.add(":gc\\.alloc\\.rate\\.norm .*" + SCORE + "B/op");
		}
		if (command.contains(CpuTimeProfiler.class.getName())) {
			figures.add(":cpu .*" + SCORE + "ns/op");
		}
		return Arrays.stream(type(name).getMethods())
			.filter((method) -> method.isAnnotationPresent(Benchmark.class))
			.flatMap((method) -> figures.stream()
				.map((figure) -> "^%s\\.%s%s *$".formatted(name, method.getName(), figure)))
			.map((row) -> Pattern.compile(row, Pattern.MULTILINE))
			.toList();
	}

	private static Class<?> type(String name) {
		try {
			return Class.forName(ShortRun.class.getPackageName() + "." + name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException("There is no benchmark %s".formatted(name), ex);
		}
	}

}
