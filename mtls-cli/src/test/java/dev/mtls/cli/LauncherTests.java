package dev.mtls.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.cli.console.ExitStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the script that runs the jar beside it.
 */
@EnabledIfSystemProperty(named = "mtls.jar", matches = ".+", disabledReason = "The jar is not made yet")
class LauncherTests {

	@TempDir
	private Path directory;

	@Test
	void scriptRunsTheJarFromAnywhere() throws Exception {
		Path link = Files.createSymbolicLink(this.directory.resolve("linked mtls"), launcher());
		CommandProcess process = new CommandProcess(this.directory,
				Map.of("JAVA_HOME", System.getProperty("java.home")));
		for (Path command : List.of(launcher(), link)) {
			CommandProcess.Result result = process.run(List.of(command.toString(), "--version"));
			assertThat(result.err()).isEmpty();
			assertThat(result.out()).contains(" on Java " + Runtime.version()).doesNotContain("not packaged");
		}
		assertThat(process.run(List.of(link.toString(), "ca", "create", "--name", "A B", "--out", "a b")).out())
			.contains("a b/ca.crt");
	}

	@Test
	void scriptRunsTunnels() {
		CommandProcess process = new CommandProcess(this.directory,
				Map.of("JAVA_HOME", System.getProperty("java.home")));
		CommandProcess.Result result = process.run(List.of(launcher().toString(), "tunnel", "--help"));
		assertThat(result.err()).isEmpty();
		assertThat(result.out()).contains("mtls tunnel", "server", "client");
	}

	@Test
	void scriptWithoutJavaSaysSo() {
		CommandProcess process = new CommandProcess(this.directory, Map.of("JAVA_HOME", "/none"));
		process.run(List.of(launcher().toString(), "--version"))
			.assertFailed(ExitStatus.FAILED, "there is no /none/bin/java; install Java 17 or newer, or set JAVA_HOME");
	}

	private static Path launcher() {
		return Path.of(Objects.requireNonNull(System.getProperty("mtls.jar"))).resolveSibling("mtls");
	}

}
