package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A proxy that runs as a process of its own.
 */
final class ProxyProcess implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(60);

	private final Process process;

	private final int port;

	private ProxyProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Start a proxy, and await that it listens.
	 * @param directory where its configuration and its output are kept
	 * @param configuration its configuration by the port that it has to listen on
	 * @param command the program and its arguments, to which the file of the
	 * configuration is added
	 * @return the running proxy
	 */
	static ProxyProcess start(Path directory, IntFunction<String> configuration, String... command) throws IOException {
		int port = freePort();
		Path file = Files.writeString(directory.resolve("proxy.conf"), configuration.apply(port));
		Path log = directory.resolve("proxy.log");
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.command().add(file.toString());
		Process process = builder.directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Awaitility.await().atMost(BOUND).until(() -> !process.isAlive() || isListening(port));
		assertThat(process.isAlive()).as(() -> "%s: %s".formatted(List.of(command), read(log))).isTrue();
		return new ProxyProcess(process, port);
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private static boolean isListening(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	// These programs take none of their own choice
	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
