package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connects to ports of this machine, and waits for what comes of it.
 */
final class Loopback {

	static final Duration BOUND = Duration.ofSeconds(60);

	private Loopback() {
	}

	static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout((int) BOUND.toMillis());
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	/**
	 * Connect with TLS, and complete the handshake as far as a client sees it.
	 * @param port the port
	 * @param context the key and trust of the client
	 * @return the socket
	 * @throws IOException if the connection is refused
	 */
	static SSLSocket connect(int port, SSLContext context) throws IOException {
		Socket socket = connect(port);
		try {
			SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
			tls.startHandshake();
			return tls;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	static String read(Socket socket, int length) throws IOException {
		return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
	}

	static String exchange(Socket socket, String text) throws IOException {
		send(socket, text);
		return read(socket, text.length());
	}

	/**
	 * Whether the peer has ended the connection, in order or not.
	 * @param socket the connection, from which nothing else is to be read
	 * @return whether it has, within the timeout of the socket
	 */
	static boolean isEnded(Socket socket) {
		try {
			return socket.getInputStream().read() == -1;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/**
	 * Wait for a condition.
	 * @param condition the condition, which does not hold while it throws
	 * @param description says what there is instead
	 */
	static void await(Callable<Boolean> condition, Supplier<String> description) {
		long deadline = System.nanoTime() + BOUND.toNanos();
		Exception failure = null;
		while (System.nanoTime() < deadline) {
			try {
				if (condition.call()) {
					return;
				}
				failure = null;
				Thread.sleep(20);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("Interrupted while waiting", ex);
			}
			catch (Exception ex) {
				failure = ex;
			}
		}
		assertThat(failure).as(description).isNull();
		assertThat(false).as(description).isTrue();
	}

}
