package dev.mtls.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged sample application as a process of its own.
 */
final class SampleProcess implements AutoCloseable {

	private static final Path JAR = Path.of("..", "sample-app", "target", "sample-app.jar")
		.toAbsolutePath()
		.normalize();

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Process process;

	private final Path log;

	private SampleProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Skip the test where there is no jar, because only {@code verify} makes one.
	 */
	static void assumePackaged() {
		Assumptions.assumeTrue(Files.exists(JAR), "sample-app/target/sample-app.jar is made by ./mvnw verify alone");
	}

	/**
	 * Start the sample application.
	 * @param directory its working directory
	 * @param arguments its arguments
	 * @return the process, which may still be starting
	 */
	static SampleProcess start(Path directory, String... arguments) throws IOException {
		return start(directory, List.of(), arguments);
	}

	/**
	 * Start the sample application as it was processed ahead of time.
	 * @param directory its working directory
	 * @param arguments its arguments
	 * @return the process, which may still be starting
	 */
	static SampleProcess startProcessed(Path directory, String... arguments) throws IOException {
		return start(directory, List.of("-Dspring.aot.enabled=true"), arguments);
	}

	private static SampleProcess start(Path directory, List<String> options, String... arguments) throws IOException {
		Path log = Files.createTempFile(directory, "sample", ".log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(options);
		command.addAll(List.of("-jar", JAR.toString(), "--server.port=0", "--spring.main.banner-mode=off"));
		command.addAll(List.of(arguments));
		return new SampleProcess(new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start(), log);
	}

	/**
	 * Await that it has written something.
	 * @param text the text
	 * @return all that it has written
	 */
	String awaitOutput(String text) {
		Awaitility.await().atMost(BOUND).until(() -> !this.process.isAlive() || output().contains(text));
		assertThat(output()).contains(text);
		return output();
	}

	/**
	 * Await its end.
	 * @return the exit code
	 */
	int awaitExit() throws InterruptedException {
		assertThat(this.process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).as("has ended within " + BOUND).isTrue();
		return this.process.exitValue();
	}

	/**
	 * What it has written so far.
	 * @return the lines of its output and of its errors
	 */
	String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Send SIGTERM.
	 */
	void terminate() {
		this.process.destroy();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
