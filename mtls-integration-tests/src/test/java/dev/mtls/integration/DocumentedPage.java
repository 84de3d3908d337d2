package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A page of the documentation, one block of code after the other, as its reader follows
 * it.
 */
final class DocumentedPage {

	private static final Pattern BLOCK = Pattern.compile("(?ms)(?:^([^\\n]+)\\n\\n)?^```([^\\n]+)\\n(.*?)^```$");

	private static final Pattern FILE = Pattern.compile("`([^`]+)`(, in place of what was there)?:$");

	private final Queue<Block> blocks;

	private DocumentedPage(List<Block> blocks) {
		this.blocks = new ArrayDeque<>(blocks);
	}

	/**
	 * Open a page.
	 * @param file the file
	 * @return the page, at its first block
	 */
	static DocumentedPage open(Path file) throws IOException {
		return new DocumentedPage(BLOCK.matcher(Files.readString(file)).results().map(Block::of).toList());
	}

	/**
	 * Write the files that come next, each of which follows its name.
	 * @param directory where their names begin
	 */
	void writeFiles(Path directory) throws IOException {
		do {
			writeFile(directory);
		}
		while (!this.blocks.isEmpty() && this.blocks.element().file() != null);
	}

	/**
	 * Write the file that comes next, which follows its name.
	 * @param directory where its name begins
	 */
	void writeFile(Path directory) throws IOException {
		Block block = this.blocks.remove();
		assertThat(block.file()).as("file of %s", block).isNotNull();
		Path file = directory.resolve(Objects.requireNonNull(block.file()));
		Files.createDirectories(Objects.requireNonNull(file.getParent()));
		Files.writeString(file, block.code());
	}

	/**
	 * Read the block that comes next and is no file.
	 * @param language what it has to be marked with
	 * @return the lines in it
	 */
	List<String> read(String language) {
		Block block = this.blocks.remove();
		assertThat(block.file()).as("file of %s", block).isNull();
		assertThat(block.language()).as("language of %s", block).isEqualTo(language);
		return block.code().lines().toList();
	}

	/**
	 * Whether all blocks are read.
	 * @return whether none comes next
	 */
	boolean isRead() {
		return this.blocks.isEmpty();
	}

	/**
	 * A block of code.
	 *
	 * @param file the name of the file that the code is all of, if it is of a file
	 * @param language what it is marked with, such as {@code java}
	 * @param code the code
	 */
	private record Block(@Nullable String file, String language, String code) {

		static Block of(MatchResult block) {
			Matcher file = FILE.matcher(Objects.requireNonNullElse(block.group(1), ""));
			return new Block(file.find() ? file.group(1) : null, block.group(2), block.group(3));
		}

	}

}
