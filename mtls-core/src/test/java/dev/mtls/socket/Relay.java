package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;

/**
 * Stands between the two ends of one connection, and lets pass what the server sends as
 * it likes.
 */
final class Relay implements AutoCloseable {

	private static final int ALL = 1_000_000_000;

	private final ServerSocket listening = new ServerSocket(0, 50, Parties.loopback());

	private final Semaphore passing = new Semaphore(ALL);

	private final int target;

	private volatile Socket client = new Socket();

	private volatile Socket server = new Socket();

	Relay(int target) throws IOException {
		this.target = target;
		start(this::run);
	}

	int port() {
		return this.listening.getLocalPort();
	}

	/**
	 * Let nothing pass until told.
	 */
	void hold() {
		this.passing.drainPermits();
	}

	void letPass(int bytes) {
		this.passing.release(bytes);
	}

	/**
	 * End the TCP connection to the client, as an attacker would.
	 * @throws IOException if that fails
	 */
	void end() throws IOException {
		this.client.shutdownOutput();
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		this.client.close();
		this.server.close();
	}

	private void run() throws IOException {
		this.client = this.listening.accept();
		this.server = new Socket(Parties.loopback(), this.target);
		start(() -> this.client.getInputStream().transferTo(this.server.getOutputStream()));
		InputStream in = this.server.getInputStream();
		OutputStream out = this.client.getOutputStream();
		for (int read = in.read(); read != -1; read = in.read()) {
			this.passing.acquireUninterruptibly();
			out.write(read);
		}
	}

	private static void start(Part part) {
		Thread thread = new Thread(() -> {
			try {
				part.run();
			}
			catch (IOException ex) {
				// One of the ends went away
			}
		}, "relay");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * One direction.
	 */
	@FunctionalInterface
	private interface Part {

		void run() throws IOException;

	}

}
