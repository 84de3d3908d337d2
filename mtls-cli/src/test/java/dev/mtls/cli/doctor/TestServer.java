package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server on a free port of loopback, which treats each connection in the same way.
 */
final class TestServer implements AutoCloseable {

	private static final int BACKLOG = 50;

	private final ServerSocket listener;

	private final Handler handler;

	private final List<Socket> open = new CopyOnWriteArrayList<>();

	private TestServer(ServerSocket listener, Handler handler) {
		this.listener = listener;
		this.handler = handler;
		start(this::accept);
	}

	/**
	 * Start a server that speaks plain text.
	 * @param handler treats a connection, which is closed afterwards
	 * @return the server
	 */
	static TestServer plain(Handler handler) {
		try {
			return new TestServer(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), handler);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Start a TLS server that shakes hands and then reads until the client closes.
	 * @param context its certificate and trust
	 * @param settings sets it up
	 * @return the server
	 */
	static TestServer tls(SSLContext context, Consumer<SSLServerSocket> settings) {
		return tls(context, settings, (socket) -> {
			socket.startHandshake();
			socket.getInputStream().readAllBytes();
		});
	}

	/**
	 * Start a TLS server.
	 * @param context its certificate and trust
	 * @param settings sets it up
	 * @param handler treats a connection, which is closed afterwards
	 * @return the server
	 */
	static TestServer tls(SSLContext context, Consumer<SSLServerSocket> settings, TlsHandler handler) {
		try {
			SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
				.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
			settings.accept(listener);
			return new TestServer(listener, (socket) -> handler.handle((SSLSocket) socket));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The port.
	 * @return the port
	 */
	int port() {
		return this.listener.getLocalPort();
	}

	@Override
	public void close() {
		closeQuietly(this.listener);
		this.open.forEach(TestServer::closeQuietly);
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.listener.accept();
				this.open.add(socket);
				start(() -> handle(socket));
			}
		}
		catch (IOException ex) {
			// Closed: the test is over
			closeQuietly(this.listener);
		}
	}

	private void handle(Socket socket) {
		try {
			this.handler.handle(socket);
		}
		catch (IOException ex) {
			// What the client makes of it is what is tested
			closeQuietly(socket);
		}
		finally {
			closeQuietly(socket);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "test-server");
		thread.setDaemon(true);
		thread.start();
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// Closed is all that it has to be
			return;
		}
	}

	/**
	 * Treats a connection.
	 */
	@FunctionalInterface
	interface Handler {

		/**
		 * Treat a connection.
		 * @param socket the connection
		 * @throws IOException if it ends
		 */
		void handle(Socket socket) throws IOException;

	}

	/**
	 * Treats a TLS connection.
	 */
	@FunctionalInterface
	interface TlsHandler {

		/**
		 * Treat a connection.
		 * @param socket the connection
		 * @throws IOException if it ends
		 */
		void handle(SSLSocket socket) throws IOException;

	}

}
