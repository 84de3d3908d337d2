package dev.mtls.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Problem}.
 */
class ProblemTests {

	@ParameterizedTest
	@EnumSource
	void documentationTellsOfIt(Problem problem) throws IOException {
		assertThat(Files.readString(Path.of("..", "docs", "cli.md")))
			.contains("| `%s` | %s |".formatted(problem.code(), problem.text()));
	}

}
