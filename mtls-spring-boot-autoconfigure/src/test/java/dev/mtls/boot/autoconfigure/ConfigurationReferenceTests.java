package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/configuration.md} is what the metadata says. With
 * {@code -Dmtls.write-reference} it is written.
 */
class ConfigurationReferenceTests {

	private static final Path PAGE = Path.of("../docs/configuration.md");

	@Test
	void pageIsThatOfTheMetadata() throws IOException {
		String page = new ConfigurationReference().toMarkdown();
		if (System.getProperty("mtls.write-reference") != null) {
			Files.writeString(PAGE, page);
		}
		assertThat(PAGE).content().isEqualTo(page);
	}

}
