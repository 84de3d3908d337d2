package dev.mtls.boot.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A block of code on a page of the documentation.
 *
 * @param page the page, seen from the root of the project
 * @param line the line on which the block begins
 * @param code the code
 */
record Snippet(Path page, long line, String code) {

	private static final Path ROOT = Path.of("..");

	private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\S[^\\n]*)\\n(.*?)^```$");

	/**
	 * Find all blocks in a language.
	 * @param language what the block is marked with, such as {@code java}
	 * @return the blocks of all pages
	 */
	static List<Snippet> in(String language) {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
				.filter((page) -> page.toString().endsWith(".md"))
				.sorted()
				.flatMap((page) -> in(language, page))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<Snippet> in(String language, Path page) {
		String text = read(page);
		return BLOCK.matcher(text)
			.results()
			.filter((block) -> block.group(1).equals(language))
			.map((block) -> new Snippet(ROOT.relativize(page), line(text, block), block.group(2)));
	}

	private static long line(String text, MatchResult block) {
		return text.substring(0, block.start()).lines().count() + 1;
	}

	private static String read(Path page) {
		try {
			return Files.readString(page);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return "%s:%d".formatted(this.page, this.line);
	}

}
