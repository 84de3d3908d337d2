package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.mtls.cli.Mtls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@code mtls tunnel} as a process of its own, from its jar when that is made, until
 * it is closed.
 */
final class TunnelProcess implements AutoCloseable {

	private static final @Nullable String JAR = System.getProperty("mtls.jar");

	private static final Duration BOUND = Duration.ofSeconds(60);

	private static final Pattern LISTENS = Pattern.compile("\\[([^\\]]+)] Listens at (\\S+) as ");

	private final Process process;

	private final Path out;

	private final Path err;

	private TunnelProcess(Process process, Path out, Path err) {
		this.process = process;
		this.out = out;
		this.err = err;
	}

	/**
	 * Start the command, and go on before it listens.
	 * @param directory where it runs, and what it writes is kept
	 * @param args what follows {@code mtls tunnel}
	 * @return the process
	 */
	static TunnelProcess start(Path directory, String... args) {
		return start(directory, List.of(), args);
	}

	/**
	 * Start the command with options of the Java runtime.
	 * @param directory where it runs, and what it writes is kept
	 * @param javaOptions the options
	 * @param args what follows {@code mtls tunnel}
	 * @return the process
	 */
	static TunnelProcess start(Path directory, List<String> javaOptions, String... args) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(javaOptions);
		command.addAll((JAR != null) ? List.of("-jar", JAR) : classes());
		command.add("tunnel");
		command.addAll(List.of(args));
		try {
			Path out = Files.createTempFile(directory, "tunnel", ".out");
			Path err = Files.createTempFile(directory, "tunnel", ".err");
			return new TunnelProcess(new ProcessBuilder(command).directory(directory.toFile())
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.redirectOutput(out.toFile())
				.redirectError(err.toFile())
				.start(), out, err);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start the command, and wait until its first tunnel listens.
	 * @param directory where it runs, and what it writes is kept
	 * @param args what follows {@code mtls tunnel}
	 * @return the process
	 */
	static TunnelProcess listening(Path directory, String... args) {
		TunnelProcess process = start(directory, args);
		try {
			process.awaitOut("] Listens at ");
			return process;
		}
		catch (AssertionError ex) {
			process.close();
			throw ex;
		}
	}

	/**
	 * The address at which a tunnel listens.
	 * @param tunnel the name of the tunnel
	 * @return the address, such as {@code 127.0.0.1:8443}
	 */
	String address(String tunnel) {
		awaitOut("[%s] Listens at ".formatted(tunnel));
		return LISTENS.matcher(out())
			.results()
			.filter((match) -> match.group(1).equals(tunnel))
			.map((match) -> match.group(2))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * The port at which the first tunnel listens.
	 * @return the port
	 */
	int port() {
		Matcher matcher = LISTENS.matcher(out());
		assertThat(matcher.find()).as(out()).isTrue();
		return Integer.parseInt(matcher.group(2).substring(matcher.group(2).lastIndexOf(':') + 1));
	}

	/**
	 * What it has written.
	 * @return the text
	 */
	String out() {
		return read(this.out);
	}

	/**
	 * What it has written about errors.
	 * @return the text
	 */
	String err() {
		return read(this.err);
	}

	/**
	 * Wait until it has written something.
	 * @param text the text
	 */
	void awaitOut(String text) {
		await(() -> out().contains(text) || !this.process.isAlive());
		assertThat(out()).as(() -> "What was written about errors: " + err()).contains(text);
	}

	/**
	 * Wait for a condition.
	 * @param condition the condition
	 */
	void await(BooleanSupplier condition) {
		long deadline = System.nanoTime() + BOUND.toNanos();
		while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
			pause();
		}
	}

	/**
	 * Send it a signal.
	 * @param signal the signal, such as {@code HUP}
	 */
	void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(this.process.pid())).start();
			assertThat(kill.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending a signal", ex);
		}
	}

	/**
	 * Whether it runs.
	 * @return whether it does
	 */
	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Whether the process was started with SIGINT ignored, and therefore keeps ignoring
	 * it.
	 * @return whether it does
	 */
	boolean ignoresInterrupts() throws IOException {
		Path status = Path.of("/proc", String.valueOf(this.process.pid()), "status");
		return Files.exists(status) && Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("SigIgn:"))
			.anyMatch((line) -> (Long.parseUnsignedLong(line.substring("SigIgn:".length()).trim(), 16) & 2) != 0);
	}

	/**
	 * Wait until it has ended.
	 * @return what it ended with
	 */
	int exitCode() {
		try {
			assertThat(this.process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).as(() -> "It runs on: " + out())
				.isTrue();
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for a process", ex);
		}
	}

	/**
	 * Wait until it has ended, and tell how long its main thread could have run meanwhile
	 * but for processors that were busy (Linux).
	 * @return the time, or zero where nothing tells
	 */
	Duration waitedForProcessors() {
		AtomicLong waited = new AtomicLong();
		await(() -> {
			waited.accumulateAndGet(nanosWaitedForProcessors(), Math::max);
			return !this.process.isAlive();
		});
		return Duration.ofNanos(waited.get());
	}

	/**
	 * The number of files and sockets that it has open (Linux).
	 * @return the number
	 */
	long fileDescriptors() {
		try (Stream<Path> descriptors = Files.list(proc("fd"))) {
			return descriptors.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The memory that is resident (Linux).
	 * @return kilobytes
	 */
	long residentKilobytes() {
		return read(proc("status")).lines()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findFirst()
			.orElseThrow();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		exitCode();
	}

	private void pause() {
		try {
			this.process.waitFor(20, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting", ex);
		}
	}

	// The first thread only waits for the main one, which is the second
	private long nanosWaitedForProcessors() {
		try (Stream<Path> threads = Files.list(proc("task"))) {
			return threads.sorted(Comparator.comparingLong((thread) -> Long.parseLong(thread.getFileName().toString())))
				.skip(1)
				.limit(1)
				.mapToLong((thread) -> Long.parseLong(read(thread.resolve("schedstat")).split(" ", -1)[1]))
				.sum();
		}
		catch (IOException | UncheckedIOException ex) {
			return 0;
		}
	}

	private Path proc(String file) {
		return Path.of("/proc", String.valueOf(this.process.pid()), file);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// With what the manifest of the jar says to the JDKs that ask (JEP 472)
	private static List<String> classes() {
		List<String> classes = new ArrayList<>();
		if (Runtime.version().feature() >= 24) {
			classes.add("--enable-native-access=ALL-UNNAMED");
		}
		classes.addAll(List.of("-cp", System.getProperty("java.class.path"), Mtls.class.getName()));
		return classes;
	}

}
