package dev.mtls.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that the documented commands measure what they are documented for.
 */
class BenchmarkCommandTests {

	@TempDir
	private Path directory;

	@BeforeEach
	void assumePackaged() {
		assumeMade(DocumentedCommands.JAR);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void commandGivesItsFigures(String command) throws IOException, InterruptedException {
		assumeRunnable(command);
		ShortRun run = ShortRun.of(command);
		EndedCommand ended = EndedCommand.run(run.command(), this.directory.resolve("output"));
		assertThat(ended.status()).as("status of %s: %s", run.command(), ended.output()).isZero();
		assertThat(ended.output()).as(run.command()).doesNotContain("Exception", "<failure>");
		assertThat(run.lines()).isNotEmpty();
		assertThat(run.missing(ended.output())).as("missing of %s: %s", run.command(), ended.output()).isEmpty();
	}

	static Stream<String> commandGivesItsFigures() throws IOException {
		List<String> commands = new ArrayList<>();
		for (Path page : DocumentedCommands.pages()) {
			commands.addAll(DocumentedCommands.of(Files.readString(page)));
		}
		return commands.stream().distinct();
	}

	private static void assumeRunnable(String command) {
		if (command.startsWith("taskset ")) {
			assumeInstalled("taskset");
			assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "There is one processor alone");
		}
		if (command.contains(TunnelComparison.class.getName())) {
			assumeInstalled("haproxy");
			assumeInstalled("stunnel");
			assumeMade("mtls-cli/target/mtls.jar");
		}
		if (command.contains(CommandLineTime.class.getName())) {
			assumeMade("mtls-cli/target/mtls.jar");
		}
	}

	private static void assumeInstalled(String program) {
		assumeTrue(
				Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)), Stream.of("/usr/sbin"))
					.anyMatch((path) -> Files.isExecutable(Path.of(path, program))),
				"%s is not installed".formatted(program));
	}

	private static void assumeMade(String file) {
		assumeTrue(Files.exists(DocumentedCommands.ROOT.resolve(file)),
				"%s is made by ./mvnw verify alone".formatted(file));
	}

}
