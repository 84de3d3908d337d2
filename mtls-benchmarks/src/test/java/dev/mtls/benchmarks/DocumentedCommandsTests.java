package dev.mtls.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DocumentedCommands}.
 */
class DocumentedCommandsTests {

	@Test
	void ofTableIsCommandWithoutBackslashes() {
		assertThat(DocumentedCommands
			.of("| look-ups | `java -jar mtls-benchmarks/target/benchmarks.jar 'A\\|B' -prof gc` (`one`) |"))
			.containsExactly("java -jar mtls-benchmarks/target/benchmarks.jar 'A|B' -prof gc");
	}

	@Test
	void ofBlockIsCommandOnOneLine() {
		assertThat(DocumentedCommands.of("""
				As `a` and `b`:

				```console
				$ java -Drounds=7 \\
				    -cp mtls-benchmarks/target/benchmarks.jar A
				A: 1.00
				$ ls
				```

				Or `java -cp mtls-benchmarks/target/benchmarks.jar B c`.
				""")).containsExactly("java -Drounds=7 -cp mtls-benchmarks/target/benchmarks.jar A",
				"java -cp mtls-benchmarks/target/benchmarks.jar B c");
	}

	@Test
	void ofPagesMissesNone() throws IOException {
		int found = 0;
		for (Path page : DocumentedCommands.pages()) {
			String content = Files.readString(page);
			int commands = DocumentedCommands.of(content).size();
			assertThat(content.split(DocumentedCommands.JAR, -1)).as(page.toString()).hasSize(commands + 1);
			found += commands;
		}
		assertThat(found).isGreaterThan(30);
	}

}
