package dev.mtls.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the commands which the documentation shows to operators do what it says,
 * with the packaged sample application and its management port.
 */
@RequiresProgram("curl")
class OperatorCommandTests {

	private static final Path DOCUMENTATION = Path.of("..", "docs");

	private static final Pattern BLOCK = Pattern.compile("```(?:sh|console)\n(.*?)```", Pattern.DOTALL);

	private static final String PORT = "http://localhost:8081/";

	private static final Pattern STARTED = Pattern.compile("started on port (\\d+) \\(http\\)");

	@TempDir
	static Path directory;

	private static @Nullable StartedProcess process;

	private static String port = "";

	@BeforeEach
	void start() throws IOException {
		SampleProcess.assumePackaged();
		if (process == null) {
			process = SampleProcess.start(directory, "--management.server.port=0",
					"--management.endpoint.mtls.access=unrestricted",
					"--mtls.server.revocation.use-distribution-points=true", "--mtls.server.revocation.mode=soft-fail");
			Matcher matcher = STARTED.matcher(process.awaitOutput("Started SampleApplication"));
			assertThat(matcher.find()).as("a line with the port").isTrue();
			port = matcher.group(1);
			Files.copy(directory.resolve(".mtls/client.crt"), directory.resolve("client.crt"),
					StandardCopyOption.REPLACE_EXISTING);
		}
	}

	@AfterAll
	static void stop() {
		if (process != null) {
			process.close();
		}
	}

	@ParameterizedTest
	@MethodSource("commands")
	@RequiresProgram("jq")
	void commandIsAnswered(String command) throws Exception {
		Program done = Program.run(directory, "",
				List.of("bash", "-o", "pipefail", "-ec", command.replace("curl ", "curl --silent --show-error --fail ")
					.replace(PORT, "http://localhost:%s/".formatted(port))));
		assertThat(done.exitCode()).as(done.errors()).isZero();
	}

	@Test
	void thereAreCommands() throws IOException {
		assertThat(commands()).hasSizeGreaterThanOrEqualTo(6)
			.anySatisfy((command) -> assertThat(command).contains("kill-switch"))
			.anySatisfy((command) -> assertThat(command).contains("explain"));
	}

	static List<String> commands() throws IOException {
		try (Stream<Path> pages = Files.walk(DOCUMENTATION)) {
			return pages.filter((page) -> page.toString().endsWith(".md"))
				.sorted()
				.flatMap((page) -> BLOCK.matcher(read(page)).results())
				.map((block) -> block.group(1))
				.filter((block) -> block.contains(PORT))
				.toList();
		}
	}

	private static String read(Path page) {
		try {
			return Files.readString(page);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
