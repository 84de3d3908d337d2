package dev.mtls.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the README quotes.
 */
class ReadmeTests {

	@Test
	void testIsQuotedAsItIs() throws IOException {
		String test = Files.readString(Path.of("src/test/java/dev/mtls/sample/AdminControllerTests.java"));
		String quoted = test.substring(test.indexOf("@MtlsTest("));
		assertThat(Path.of("../README.md")).content().contains("```java\n%s```\n".formatted(quoted));
	}

}
