package dev.mtls.cli.tunnel;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Runs a program that is not ours until it is closed.
 */
final class ForeignProgram implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Process process;

	private final Path out;

	private ForeignProgram(Process process, Path out) {
		this.process = process;
		this.out = out;
	}

	/**
	 * Skip the test without a program.
	 * @param program the name of the program
	 */
	static void require(String program) {
		assumeTrue(isInstalled(program), "%s is not installed".formatted(program));
	}

	static boolean isInstalled(String program) {
		return find(program).isPresent();
	}

	/**
	 * Start a program.
	 * @param directory where it runs, and what it writes is kept
	 * @param command the program and its arguments
	 * @return the program
	 */
	static ForeignProgram start(Path directory, String... command) {
		try {
			Path out = Files.createTempFile(directory, command[0], ".out");
			List<String> words = new ArrayList<>(List.of(command));
			words.set(0, find(command[0]).orElseThrow().toString());
			return new ForeignProgram(new ProcessBuilder(words).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(out.toFile())
				.start(), out);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What it has written.
	 * @return the text
	 */
	String out() {
		try {
			return Files.readString(this.out, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Wait until it has written something.
	 * @param pattern what, as a regular expression
	 * @return the match
	 */
	Matcher await(String pattern) {
		Pattern compiled = Pattern.compile(pattern);
		long deadline = System.nanoTime() + BOUND.toNanos();
		Matcher matcher = compiled.matcher(out());
		while (!matcher.find() && this.process.isAlive() && System.nanoTime() < deadline) {
			ended(20);
			matcher = compiled.matcher(out());
		}
		matcher = compiled.matcher(out());
		assertThat(matcher.find()).as(out()).isTrue();
		return matcher;
	}

	/**
	 * Write to its standard input.
	 * @param text the text
	 * @throws IOException if it reads no more
	 */
	void write(String text) throws IOException {
		this.process.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		this.process.getOutputStream().flush();
	}

	/**
	 * Wait until it has ended.
	 * @return what it ended with
	 */
	int exitCode() {
		assertThat(ended(BOUND.toMillis())).as(() -> "It runs on: " + out()).isTrue();
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroy();
		if (!ended(BOUND.toMillis())) {
			this.process.destroyForcibly();
			exitCode();
		}
	}

	private static Optional<Path> find(String program) {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + File.pathSeparator + "/usr/sbin";
		return Stream.of(path.split(File.pathSeparator, -1))
			.map((directory) -> Path.of(directory, program))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private boolean ended(long millis) {
		try {
			return this.process.waitFor(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for a program", ex);
		}
	}

}
