package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A service without TLS on loopback, which echoes or leaves its connections to a test.
 */
final class PlainService implements AutoCloseable {

	private final ServerSocket listening;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Socket> accepted = new CopyOnWriteArrayList<>();

	private final BlockingQueue<Socket> taken = new LinkedBlockingQueue<>();

	private final boolean echo;

	private PlainService(int port, boolean echo) {
		this.echo = echo;
		try {
			this.listening = new ServerSocket();
			this.listening.setReuseAddress(true);
			this.listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	/**
	 * A service that sends back what it receives, until the client closes its output.
	 * @return the service
	 */
	static PlainService echo() {
		return echo(0);
	}

	static PlainService echo(int port) {
		return new PlainService(port, true);
	}

	/**
	 * A service that does nothing with its connections but hand them to the test.
	 * @return the service
	 */
	static PlainService held() {
		return new PlainService(0, false);
	}

	String address() {
		return "127.0.0.1:" + this.listening.getLocalPort();
	}

	/**
	 * The next connection that was accepted.
	 * @return the connection
	 * @throws Exception if the thread is interrupted
	 */
	Socket take() throws Exception {
		return Objects.requireNonNull(this.taken.poll(Loopback.BOUND.toSeconds(), TimeUnit.SECONDS),
				"No connection came");
	}

	/**
	 * The next connection, if one is accepted soon.
	 * @return the connection, or {@code null}
	 * @throws Exception if the thread is interrupted
	 */
	@Nullable Socket poll() throws Exception {
		return this.taken.poll(500, TimeUnit.MILLISECONDS);
	}

	/**
	 * Close what was accepted so far.
	 * @throws IOException if that fails
	 */
	void closeAccepted() throws IOException {
		this.taken.clear();
		for (Socket socket : this.accepted) {
			socket.close();
		}
	}

	int accepted() {
		return this.accepted.size();
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		closeAccepted();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			try {
				Socket socket = this.listening.accept();
				socket.setSoTimeout((int) Loopback.BOUND.toMillis());
				this.accepted.add(socket);
				if (this.echo) {
					this.threads.execute(() -> echo(socket));
				}
				else {
					this.taken.add(socket);
				}
			}
			catch (IOException ex) {
				// Closed, or the connection has gone
			}
		}
	}

	private static void echo(Socket socket) {
		try (socket) {
			socket.setSoTimeout(0);
			socket.getInputStream().transferTo(socket.getOutputStream());
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

}
