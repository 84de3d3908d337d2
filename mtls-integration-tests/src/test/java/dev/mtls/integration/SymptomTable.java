package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of {@code docs/troubleshooting.md} that says what a refused client sees.
 */
final class SymptomTable {

	private static final Path DOCUMENT = Path.of("..", "docs", "troubleshooting.md");

	private static final Pattern ROW = Pattern
		.compile("\\| \\[([a-z-]+)]\\(#\\1\\) \\| ([0-9., ]+) \\| ([^|]+) \\| ([^|]+) \\|");

	private static final Pattern ALERT = Pattern.compile("`(\\w+)` \\((\\d+)\\)");

	private final List<Row> rows;

	private SymptomTable(List<Row> rows) {
		this.rows = rows;
	}

	static SymptomTable read() throws IOException {
		return new SymptomTable(
				Files.readAllLines(DOCUMENT).stream().map(ROW::matcher).filter(Matcher::matches).map(Row::of).toList());
	}

	/**
	 * The reasons of which the table tells.
	 * @return their codes
	 */
	Set<String> reasons() {
		return this.rows.stream().map(Row::reason).collect(Collectors.toSet());
	}

	/**
	 * What a client sees.
	 * @param reason why it is refused
	 * @param version the version of TLS, such as {@code 1.3}
	 * @return the names of alerts, else {@link RefusedClient#RESET} or
	 * {@link RefusedClient#CLOSED}
	 */
	Set<String> symptoms(Reason reason, String version) {
		String cell = cell(reason, version);
		Set<String> alerts = alerts(cell, 1);
		return alerts.isEmpty() ? Set.of(cell) : alerts;
	}

	/**
	 * The alerts that a client sees by their numbers (RFC 8446, section 6.2).
	 * @param reason why it is refused
	 * @param version the version of TLS, such as {@code 1.3}
	 * @return the numbers, none if there is no alert
	 */
	Set<String> alertNumbers(Reason reason, String version) {
		return alerts(cell(reason, version), 2);
	}

	private String cell(Reason reason, String version) {
		List<Row> found = this.rows.stream()
			.filter((row) -> row.reason().equals(reason.code()) && row.versions().contains(version))
			.toList();
		assertThat(found).as("rows for %s and TLS %s", reason.code(), version).hasSize(1);
		boolean nativeEngine = "openssl".equals(System.getProperty("mtls.test.engine"));
		return nativeEngine ? found.get(0).nativeEngine() : found.get(0).jdkEngine();
	}

	private static Set<String> alerts(String cell, int group) {
		return ALERT.matcher(cell).results().map((alert) -> alert.group(group)).collect(Collectors.toSet());
	}

	/**
	 * A row of the table.
	 *
	 * @param reason the code of the reason
	 * @param versions the versions of TLS
	 * @param jdkEngine what is seen of servers with the JDK's engine
	 * @param nativeEngine what is seen of Netty with netty-tcnative
	 */
	private record Row(String reason, Set<String> versions, String jdkEngine, String nativeEngine) {

		static Row of(MatchResult row) {
			return new Row(row.group(1), Set.of(row.group(2).split(", ", -1)), row.group(3), row.group(4));
		}

	}

}
