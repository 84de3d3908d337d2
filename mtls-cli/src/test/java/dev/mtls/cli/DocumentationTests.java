package dev.mtls.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/cli.md} tells of all commands, and nothing that is not so.
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

	@Test
	void commandsThatAreShownSucceedInTurn() throws IOException {
		CommandProcess process = new CommandProcess(this.directory);
		List<String> lines = BLOCK.matcher(Files.readString(FILE))
			.results()
			.flatMap((block) -> block.group(1).lines())
			.filter((line) -> !line.isBlank())
			.toList();
		assertThat(lines).hasSizeGreaterThan(3);
		for (String line : lines) {
			assertThat(line).startsWith("mtls ");
			process.succeed(words(line));
		}
		assertThat(this.directory.resolve("pki/ca.crl")).exists();
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
