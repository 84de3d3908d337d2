package dev.mtls.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server that does what a test says to a client, with blocking sockets.
 */
public final class PlainServer implements AutoCloseable {

	private final ServerSocket listening;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Socket> accepted = new CopyOnWriteArrayList<>();

	// Before Java 21, a TLS socket that nobody holds sends its close_notify when it is
	// finalized
	private final List<Socket> held = new CopyOnWriteArrayList<>();

	private PlainServer(ServerSocket listening) {
		this.listening = listening;
	}

	/**
	 * Start a server on loopback.
	 * @param handler handles each connection in a thread of its own; a connection stays
	 * open until it is closed there or the server is closed
	 * @return the server
	 */
	public static PlainServer start(Handler handler) {
		return listen().serve(handler);
	}

	/**
	 * Start a server on loopback that speaks TLS by the JDK.
	 * @param context the server's key and trust
	 * @param handler handles each connection whose handshake is complete
	 * @return the server
	 */
	public static PlainServer start(SSLContext context, Handler handler) {
		PlainServer server = listen();
		return server.serve((socket) -> {
			SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), false);
			server.held.add(tls);
			tls.setUseClientMode(false);
			tls.setNeedClientAuth(true);
			tls.startHandshake();
			handler.handle(tls);
		});
	}

	public int port() {
		return this.listening.getLocalPort();
	}

	/**
	 * The connections that were accepted.
	 * @return the sockets below TLS
	 */
	public List<Socket> accepted() {
		return this.accepted;
	}

	@Override
	public void close() {
		closeQuietly(this.listening);
		this.accepted.forEach(PlainServer::closeQuietly);
		this.threads.shutdownNow();
	}

	private static PlainServer listen() {
		try {
			return new PlainServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private PlainServer serve(Handler handler) {
		this.threads.execute(() -> accept(handler));
		return this;
	}

	private void accept(Handler handler) {
		try {
			while (true) {
				Socket socket = this.listening.accept();
				this.accepted.add(socket);
				this.threads.execute(() -> handle(handler, socket));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private static void handle(Handler handler, Socket socket) {
		try {
			handler.handle(socket);
		}
		catch (IOException ex) {
			closeQuietly(socket);
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Handles a connection.
	 */
	@FunctionalInterface
	public interface Handler {

		/**
		 * Handle a connection.
		 * @param socket the connection
		 * @throws IOException closes the connection
		 */
		void handle(Socket socket) throws IOException;

	}

}
