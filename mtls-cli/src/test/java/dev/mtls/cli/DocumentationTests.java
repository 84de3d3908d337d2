package dev.mtls.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/cli.md} tells of all commands, and that every page tells nothing
 * that is not so.
 */
class DocumentationTests {

	private static final Path FILE = Path.of("..", "docs", "cli.md");

	private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

	private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");

	@TempDir
	private Path directory;

	@Test
	void eachCommandIsInTheTable() throws IOException {
		String text = Files.readString(FILE);
		assertThat(commands()).filteredOn((spec) -> spec.subcommands().isEmpty() && !spec.name().equals("help"))
			.isNotEmpty()
			.allSatisfy((spec) -> assertThat(text).contains("| `" + spec.qualifiedName()));
	}

	@Test
	void eachOptionThatIsNamedIsThere() throws IOException {
		List<String> options = commands().stream().flatMap((spec) -> spec.optionsMap().keySet().stream()).toList();
		assertThat(OPTION.matcher(Files.readString(FILE)).results().map((result) -> result.group())).isNotEmpty()
			.allSatisfy((option) -> assertThat(options).contains(option));
	}

	@ParameterizedTest
	@MethodSource("pages")
	void commandsThatAreShownSucceedInTurn(Path page) throws IOException {
		CommandProcess process = new CommandProcess(this.directory);
		for (String line : lines(page)) {
			process.succeed(words(line));
		}
		assertThat(this.directory).isNotEmptyDirectory();
	}

	@Test
	void commandsAreShownOnMoreThanOnePage() throws IOException {
		assertThat(pages()).extracting((page) -> page.getFileName().toString())
			.contains("cli.md", "getting-started.md", "reload.md", "revocation.md");
	}

	static List<Path> pages() throws IOException {
		List<Path> pages = new ArrayList<>();
		try (Stream<Path> files = Files.walk(FILE.getParent())) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".md")).sorted().toList()) {
				if (!lines(file).isEmpty()) {
					pages.add(file);
				}
			}
		}
		return pages;
	}

	private static List<String> lines(Path page) throws IOException {
		return BLOCK.matcher(Files.readString(page))
			.results()
			.flatMap((block) -> block.group(1).lines())
			.filter((line) -> line.startsWith("mtls "))
			.toList();
	}

	private static String[] words(String line) {
		return Pattern.compile("\"([^\"]*)\"|(\\S+)")
			.matcher(line.substring("mtls ".length()))
			.results()
			.map((word) -> (word.group(1) != null) ? word.group(1) : word.group(2))
			.toArray(String[]::new);
	}

	private static List<CommandSpec> commands() {
		List<CommandSpec> all = new ArrayList<>();
		collect(Mtls.commandLine(InstantSource.system()), all);
		return all;
	}

	private static void collect(CommandLine command, List<CommandSpec> all) {
		all.add(command.getCommandSpec());
		command.getSubcommands().values().forEach((sub) -> collect(sub, all));
	}

}
