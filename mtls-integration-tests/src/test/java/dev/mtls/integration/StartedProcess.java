package dev.mtls.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that runs beside the test, and whose output is kept in a file.
 */
final class StartedProcess implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Process process;

	private final Path log;

	private StartedProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Start a process.
	 * @param builder the command, and where and how it is started
	 * @param log the file for its output and for its errors
	 * @return the process, which may still be starting
	 */
	static StartedProcess start(ProcessBuilder builder, Path log) throws IOException {
		return new StartedProcess(builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
	}

	/**
	 * Await that it has written something.
	 * @param text the text
	 * @return all that it has written
	 */
	String awaitOutput(String text) {
		return awaitOutput(text, BOUND);
	}

	/**
	 * Await that it has written something, which may take its time.
	 * @param text the text
	 * @param bound how long it may take
	 * @return all that it has written
	 */
	String awaitOutput(String text, Duration bound) {
		Awaitility.await(text).atMost(bound).until(() -> !this.process.isAlive() || output().contains(text));
		assertThat(output()).contains(text);
		return output();
	}

	/**
	 * Await its end.
	 * @return the exit code
	 */
	int awaitExit() throws InterruptedException {
		return awaitExit(BOUND);
	}

	/**
	 * Await its end, which may take its time.
	 * @param bound how long it may take
	 * @return the exit code
	 */
	int awaitExit(Duration bound) throws InterruptedException {
		assertThat(this.process.waitFor(bound.toSeconds(), TimeUnit.SECONDS)).as("has ended within " + bound).isTrue();
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

	/**
	 * End it, and what it has started.
	 */
	@Override
	public void close() {
		List<ProcessHandle> processes = Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants())
			.toList();
		processes.forEach(ProcessHandle::destroyForcibly);
		Awaitility.await().atMost(BOUND).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
	}

}
