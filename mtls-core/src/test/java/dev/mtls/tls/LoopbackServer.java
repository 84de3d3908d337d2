package dev.mtls.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server on the loopback that sends back each byte it is sent, on every connection that
 * it accepts.
 */
public final class LoopbackServer implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final SSLServerSocket listener;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	/**
	 * Begin to accept.
	 * @param listener an {@link SSLServerSocket} that is bound
	 */
	public LoopbackServer(ServerSocket listener) {
		this.listener = (SSLServerSocket) listener;
		this.executor.execute(this::accept);
	}

	/**
	 * The address of the loopback.
	 * @return the address
	 */
	public InetAddress address() {
		return InetAddress.getLoopbackAddress();
	}

	/**
	 * The port that the server listens at.
	 * @return the port
	 */
	public int port() {
		return this.listener.getLocalPort();
	}

	InetSocketAddress socketAddress() {
		return new InetSocketAddress(address(), port());
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.executor.shutdownNow();
	}

	/**
	 * Send a byte and read it back.
	 * @param socket a connected socket
	 * @throws IOException if that fails, or takes too long
	 */
	public static void ping(SSLSocket socket) throws IOException {
		socket.setSoTimeout(TIMEOUT_MILLIS);
		socket.getOutputStream().write(7);
		socket.getOutputStream().flush();
		if (socket.getInputStream().read() != 7) {
			throw new IOException("The connection ended");
		}
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				SSLSocket socket = (SSLSocket) this.listener.accept();
				this.executor.execute(() -> echo(socket));
			}
			catch (IOException ex) {
				// Closed, or the next one is asked
			}
		}
	}

	private static void echo(SSLSocket socket) {
		try (socket) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			int next = socket.getInputStream().read();
			while (next != -1) {
				socket.getOutputStream().write(next);
				socket.getOutputStream().flush();
				next = socket.getInputStream().read();
			}
		}
		catch (IOException ex) {
			// The client sees it
		}
	}

}
