package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes connections to an echo service through a tunnel, one after the other, and uses
 * another one all the time. None may fail.
 */
final class TunnelLoad implements AutoCloseable {

	private static final String MESSAGE = "0123456789".repeat(100);

	private final int port;

	private final SSLContext context;

	private final ExecutorService threads = Executors.newFixedThreadPool(2);

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicInteger messages = new AtomicInteger();

	private final List<Exception> failures = new CopyOnWriteArrayList<>();

	private volatile boolean stopped;

	TunnelLoad(int port, SSLContext context) {
		this.port = port;
		this.context = context;
		this.threads.execute(this::makeConnections);
		this.threads.execute(this::useConnection);
		awaitProgress();
	}

	/**
	 * Wait until more connections were made, and more was sent through the other one.
	 */
	void awaitProgress() {
		int connectionsBefore = this.connections.get();
		int messagesBefore = this.messages.get();
		Loopback.await(
				() -> !this.failures.isEmpty()
						|| (this.connections.get() > connectionsBefore + 2 && this.messages.get() > messagesBefore + 2),
				() -> "There is no progress");
		assertThat(this.failures).isEmpty();
	}

	@Override
	public void close() {
		this.stopped = true;
		this.threads.shutdown();
		Loopback.await(this.threads::isTerminated, () -> "The load does not end");
		assertThat(this.failures).isEmpty();
	}

	private void makeConnections() {
		while (!this.stopped) {
			try (Socket socket = Loopback.connect(this.port, this.context)) {
				use(socket);
				this.connections.incrementAndGet();
			}
			catch (IOException ex) {
				this.failures.add(new IllegalStateException("A new connection failed", ex));
				return;
			}
		}
	}

	private void useConnection() {
		try (Socket socket = Loopback.connect(this.port, this.context)) {
			while (!this.stopped) {
				use(socket);
				this.messages.incrementAndGet();
			}
		}
		catch (IOException ex) {
			this.failures.add(new IllegalStateException("The connection in use failed", ex));
		}
	}

	private static void use(Socket socket) throws IOException {
		if (!Loopback.exchange(socket, MESSAGE).equals(MESSAGE)) {
			throw new IOException("The answer differs");
		}
	}

}
