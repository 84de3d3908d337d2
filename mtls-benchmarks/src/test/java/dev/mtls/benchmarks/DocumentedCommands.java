package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The commands of a page that run benchmarks.
 */
final class DocumentedCommands {

	/**
	 * What each of them contains.
	 */
	static final String JAR = "mtls-benchmarks/target/benchmarks.jar";

	/**
	 * The root of the checkout, where they are run.
	 */
	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern BLOCK = Pattern.compile("^```.*?^```$", Pattern.DOTALL | Pattern.MULTILINE);

	private static final Pattern LINE_OF_BLOCK = Pattern.compile("^(?:\\$ )?(.*" + Pattern.quote(JAR) + ".*)$",
			Pattern.MULTILINE);

	private static final Pattern SPAN = Pattern.compile("`([^`\n]*" + Pattern.quote(JAR) + "[^`\n]*)`");

	private DocumentedCommands() {
	}

	/**
	 * The pages that may have such commands.
	 * @return the pages
	 */
	static List<Path> pages() throws IOException {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream
				.concat(docs.filter((file) -> file.toString().endsWith(".md")).sorted(),
						Stream.of(ROOT.resolve("mtls-benchmarks/README.md")))
				.toList();
		}
	}

	/**
	 * The commands of a page, in its blocks and then in its text and tables.
	 * @param page the content of the page
	 * @return the commands, each on one line and with single blanks
	 */
	static List<String> of(String page) {
		List<String> commands = new ArrayList<>();
		for (MatchResult block : BLOCK.matcher(page).results().toList()) {
			String lines = block.group().replaceAll("\\\\\n\\s*", "");
			LINE_OF_BLOCK.matcher(lines).results().map((line) -> line.group(1)).forEach(commands::add);
		}
		// In a table a bar stands behind a backslash
		SPAN.matcher(BLOCK.matcher(page).replaceAll(""))
			.results()
			.map((span) -> span.group(1).replace("\\|", "|"))
			.forEach(commands::add);
		return commands.stream().map((command) -> command.strip().replaceAll("\\s+", " ")).toList();
	}

}
