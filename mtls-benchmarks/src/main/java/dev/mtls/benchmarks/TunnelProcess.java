package dev.mtls.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An end of a tunnel in a process of its own, which accepts connections once this is
 * made.
 */
final class TunnelProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

	private static final int STOP_SECONDS = 20;

	private static final long TICKS_A_SECOND = 100;

	private final Process process;

	// So that it does not outlive this process
	private final Thread stop;

	private final Path output;

	private final double startMillis;

	TunnelProcess(TunnelProgram program, TunnelEnd end) throws IOException, InterruptedException {
		List<String> command = program.command(end);
		this.output = end.directory().resolve("output-%d".formatted(end.listen()));
		long start = System.nanoTime();
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.output.toFile());
		builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
		this.process = builder.start();
		this.stop = new Thread(this.process::destroy);
		Runtime.getRuntime().addShutdownHook(this.stop);
		while (!accepts(end.listen())) {
			if (!this.process.isAlive() || System.nanoTime() - start > START_TIMEOUT.toNanos()) {
				close();
				throw new IllegalStateException("%s does not accept connections: %s"
					.formatted(String.join(" ", command), Files.readString(this.output)));
			}
			Thread.sleep(1);
		}
		this.startMillis = (System.nanoTime() - start) / 1e6;
	}

	/**
	 * How long the process took from its start until it accepted a connection.
	 * @return the time in milliseconds
	 */
	double startMillis() {
		return this.startMillis;
	}

	/**
	 * The processor time that the process has taken in all, its ended threads included.
	 * @return the time in seconds
	 */
	double cpuSeconds() throws IOException {
		String statistics = Files.readString(Path.of("/proc/%d/stat".formatted(this.process.pid())));
		// The name before is in brackets and may contain blanks
		String[] fields = statistics.substring(statistics.lastIndexOf(')') + 2).split(" ", -1);
		return (double) (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
	}

	/**
	 * The resident memory of the process.
	 * @return the memory in KiB
	 */
	double residentKilobytes() throws IOException {
		String resident = Files.readAllLines(Path.of("/proc/%d/status".formatted(this.process.pid())))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.findFirst()
			.orElseThrow();
		return Double.parseDouble(resident.replaceAll("[^0-9]", ""));
	}

	@Override
	public void close() {
		Runtime.getRuntime().removeShutdownHook(this.stop);
		this.process.destroy();
		try {
			if (!this.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	private static boolean accepts(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
