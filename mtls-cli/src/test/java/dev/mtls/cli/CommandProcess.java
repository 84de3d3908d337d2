package dev.mtls.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs programs in a directory: the {@code mtls} command as a process of its own, from
 * its jar when that is made, and others.
 */
public final class CommandProcess {

	private static final @Nullable String JAR = System.getProperty("mtls.jar");

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Path directory;

	private final Map<String, String> environment;

	public CommandProcess(Path directory) {
		this(directory, Map.of());
	}

	public CommandProcess(Path directory, Map<String, String> environment) {
		this.directory = directory;
		this.environment = environment;
	}

	/**
	 * Run the command.
	 * @param args its arguments
	 * @return what it ended with and wrote
	 */
	public Result mtls(String... args) {
		return run(command(args));
	}

	/**
	 * How the command is run.
	 * @param args its arguments
	 * @return the program and its arguments, as the launcher has them
	 */
	static List<String> command(String... args) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Djdk.console=java.base"));
		if (JAR != null) {
			command.addAll(List.of("-jar", JAR));
		}
		else {
			command.addAll(List.of("-cp", System.getProperty("java.class.path"), Mtls.class.getName()));
		}
		command.addAll(List.of(args));
		return command;
	}

	/**
	 * Run the command, and expect that it succeeds.
	 * @param args its arguments
	 * @return what it wrote
	 */
	public String succeed(String... args) {
		Result result = mtls(args);
		assertThat(result.err).isEmpty();
		assertThat(result.status).isZero();
		return result.out;
	}

	/**
	 * Run another program.
	 * @param command the program and its arguments
	 * @return what it ended with and wrote
	 */
	public Result run(List<String> command) {
		return run(command, BOUND);
	}

	/**
	 * Run another program that may take its time.
	 * @param command the program and its arguments
	 * @param bound how long it may take
	 * @return what it ended with and wrote
	 */
	Result run(List<String> command, Duration bound) {
		try {
			Path out = Files.createTempFile("out", null);
			Path err = Files.createTempFile("err", null);
			ProcessBuilder builder = new ProcessBuilder(command).directory(this.directory.toFile())
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.redirectOutput(out.toFile())
				.redirectError(err.toFile());
			builder.environment().putAll(this.environment);
			Process process = builder.start();
			if (!process.waitFor(bound.toSeconds(), TimeUnit.SECONDS)) {
				process.destroyForcibly();
			}
			assertThat(process.isAlive()).as("%s runs longer than %s", command, bound).isFalse();
			Result result = new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
					Files.readString(err, StandardCharsets.UTF_8));
			Files.delete(out);
			Files.delete(err);
			return result;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for %s".formatted(command), ex);
		}
	}

	/**
	 * What a program has done.
	 *
	 * @param status what it ended with
	 * @param out what it wrote
	 * @param err what it wrote about errors
	 */
	public record Result(int status, String out, String err) {

		/**
		 * Expect that it failed, with one line that says why.
		 * @param expected the status
		 * @param texts what the line contains
		 */
		public void assertFailed(int expected, String... texts) {
			assertThat(this.err.lines()).as(this.err).singleElement().asString().startsWith("mtls: ").contains(texts);
			assertThat(this.status).isEqualTo(expected);
		}

	}

}
