package dev.mtls.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An application in a process of its own. It ends when this is closed, and when this
 * process ends in any way. It answers with lines on its standard output what it is asked
 * by single bytes on its standard input.
 */
final class ApplicationProcess implements AutoCloseable {

	/**
	 * Begins a line that answers with a number.
	 */
	static final String ANSWER = "ANSWER ";

	private static final long TIMEOUT_SECONDS = 600;

	private static final String SCHEDULER_STATISTICS = "schedstat";

	// What a thread had taken when it was last seen counts on when it has ended
	private final Map<Path, Long> threadNanos = new HashMap<>();

	private final Process process;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	/**
	 * Start an application.
	 * @param application its class, whose first answer is not asked for
	 * @param properties its properties
	 */
	ApplicationProcess(Class<?> application, List<String> properties) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		// A compiler thread that ends would take its processor time out of the sum
		command.addAll(List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:-UseDynamicNumberOfCompilerThreads",
				"-cp", System.getProperty("java.class.path"), application.getName(), "--logging.level.root=warn",
				"--spring.main.banner-mode=off"));
		properties.forEach((property) -> command.add("--" + property));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		Thread reader = new Thread(this::readOutput, "output");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * The processor time that the process has taken in all: on Linux that of its threads,
	 * exact to the nanosecond, elsewhere what the operating system tells.
	 * @return the time
	 */
	Duration cpuTime() throws IOException {
		Path threads = Path.of("/proc", String.valueOf(this.process.pid()), "task");
		if (!Files.exists(threads.resolve(String.valueOf(this.process.pid())).resolve(SCHEDULER_STATISTICS))) {
			return this.process.info().totalCpuDuration().orElseThrow();
		}
		try (DirectoryStream<Path> directories = Files.newDirectoryStream(threads)) {
			for (Path thread : directories) {
				String statistics = Files.readString(thread.resolve(SCHEDULER_STATISTICS));
				this.threadNanos.put(thread, Long.parseLong(statistics, 0, statistics.indexOf(' '), 10));
			}
		}
		catch (DirectoryIteratorException | NoSuchFileException ex) {
			// A thread has just ended
			return cpuTime();
		}
		return Duration.ofNanos(this.threadNanos.values().stream().mapToLong(Long::longValue).sum());
	}

	/**
	 * Ask something.
	 * @param question the question
	 * @return the answer
	 */
	long ask(char question) throws IOException, InterruptedException {
		OutputStream questions = this.process.getOutputStream();
		questions.write(question);
		questions.flush();
		return answer();
	}

	/**
	 * Wait for an answer.
	 * @return the answer
	 */
	long answer() throws InterruptedException {
		String answer = this.answers.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		if (answer == null || !answer.startsWith(ANSWER)) {
			this.process.destroyForcibly();
			throw new IllegalStateException("The application did not answer, but said: " + answer);
		}
		return Long.parseLong(answer.substring(ANSWER.length()));
	}

	@Override
	public void close() throws IOException {
		this.process.getOutputStream().close();
		try {
			if (!this.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	// What the application logs has to be read, or it would block, and is of no interest
	// otherwise
	private void readOutput() {
		try (BufferedReader output = this.process.inputReader(StandardCharsets.UTF_8)) {
			StringBuilder other = new StringBuilder();
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith(ANSWER)) {
					this.answers.add(line);
				}
				else if (other.length() < 10_000) {
					other.append(line).append('\n');
				}
			}
			this.answers.add("ended\n" + other);
		}
		catch (IOException ex) {
			this.answers.add(ex.toString());
		}
	}

}
