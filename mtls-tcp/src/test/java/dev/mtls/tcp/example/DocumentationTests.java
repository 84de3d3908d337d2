package dev.mtls.tcp.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code docs/tcp.md} and {@code docs/channel.md} hold nothing but code that
 * is compiled and run.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..");

	private static final List<String> SOURCES = Stream
		.of("mtls-tcp/src/test/java/dev/mtls/tcp/example",
				"mtls-spring-boot-autoconfigure/src/test/java/dev/mtls/boot/tcp")
		.flatMap((directory) -> read(ROOT.resolve(directory)))
		.map(DocumentationTests::withoutIndentation)
		.toList();

	private static final Pattern CODE = Pattern.compile("(?ms)^```java\\n(.*?)^```$");

	@ParameterizedTest
	@MethodSource("code")
	void codeStandsInAnExample(String code) {
		assertThat(SOURCES).anySatisfy((source) -> assertThat(source).contains(withoutIndentation(code)));
	}

	@Test
	void thereIsCode() {
		assertThat(code()).hasSizeGreaterThan(17);
	}

	private static List<String> code() {
		// Several examples may share a block
		return Stream.of("docs/tcp.md", "docs/channel.md", "docs/tunnel.md")
			.map((page) -> readFile(ROOT.resolve(page)))
			.flatMap((page) -> CODE.matcher(page).results())
			.map((match) -> match.group(1))
			.flatMap((block) -> Stream.of(block.split("(?m)^}\\n\\n", -1)))
			.toList();
	}

	private static Stream<String> read(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.map(DocumentationTests::readFile)
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String readFile(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String withoutIndentation(String code) {
		return code.replaceAll("(?m)^[ \\t]+", "").strip();
	}

}
