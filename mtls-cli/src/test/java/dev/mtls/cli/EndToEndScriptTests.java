package dev.mtls.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Runs the script that checks tunnels end to end, in network namespaces where it may make
 * them and on the loopback interface.
 */
@EnabledIfSystemProperty(named = "mtls.jar", matches = ".+", disabledReason = "The jar is not made yet")
class EndToEndScriptTests {

	private static final Duration BOUND = Duration.ofMinutes(5);

	// In which the script ends what it has started
	private static final Duration CLEAN_UP = Duration.ofMinutes(1);

	@TempDir
	private Path directory;

	@BeforeEach
	void hasPrograms() {
		for (String program : List.of("bash", "socat")) {
			assumeTrue(isInstalled(program), program + " is not installed");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1" })
	void scriptWhenTunnelsWorkEndsWithZero(String loopback) {
		CommandProcess process = new CommandProcess(this.directory,
				Map.of("JAVA_HOME", System.getProperty("java.home"), "MTLS_E2E_LOOPBACK", loopback));
		Path jar = Path.of(Objects.requireNonNull(System.getProperty("mtls.jar")));
		Path script = Objects.requireNonNull(jar.getParent()).resolveSibling("e2e.sh");
		CommandProcess.Result result = process.run(
				List.of("timeout", String.valueOf(BOUND.toSeconds()), "bash", script.toString(), jar.toString()),
				BOUND.plus(CLEAN_UP));
		assertThat(result.status()).as("%s%s", result.out(), result.err()).isZero();
		assertThat(result.out()).contains("ok: 64 MiB there and back are the same", "ok: the client ends with 0")
			.doesNotContain("FAILED");
	}

	private static boolean isInstalled(String program) {
		return Stream.of(System.getenv("PATH").split(":", -1))
			.anyMatch((path) -> Files.isExecutable(Path.of(path, program)));
	}

}
