package dev.mtls.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server of HTTP/1.1 over TLS with client certificates, which answers every request
 * without a body in the same way and keeps its connections.
 */
final class KeepAliveServer implements AutoCloseable {

	/**
	 * The body of every response.
	 */
	static final String BODY = "Hello";

	private static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

	private static final byte[] RESPONSE = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
		.formatted(BODY.length(), BODY)
		.getBytes(StandardCharsets.ISO_8859_1);

	private final Queue<SSLSocket> connections = new ConcurrentLinkedQueue<>();

	private final AtomicInteger handshakes = new AtomicInteger();

	private final SSLServerSocket server;

	KeepAliveServer(SSLContext context) throws IOException {
		this.server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
		this.server.setNeedClientAuth(true);
		// Clients of one preference or the other are to do the same work
		this.server.setEnabledCipherSuites(new String[] { CIPHER_SUITE });
		this.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * The number of handshakes so far.
	 * @return the number
	 */
	int handshakes() {
		return this.handshakes.get();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (SSLSocket connection : this.connections) {
			connection.close();
		}
	}

	private void accept() {
		try {
			while (true) {
				SSLSocket connection = (SSLSocket) this.server.accept();
				this.connections.add(connection);
				start(() -> serve(connection));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(SSLSocket connection) {
		try (connection) {
			connection.setTcpNoDelay(true);
			connection.startHandshake();
			this.handshakes.incrementAndGet();
			while (readHead(connection.getInputStream())) {
				connection.getOutputStream().write(RESPONSE);
			}
		}
		catch (IOException ex) {
			// The client went away
		}
	}

	// A client has no more than one request under way on a connection
	private static boolean readHead(InputStream input) throws IOException {
		byte[] buffer = new byte[4096];
		int length = 0;
		while (length < 4 || buffer[length - 1] != '\n' || buffer[length - 3] != '\n') {
			int read = input.read(buffer, length, buffer.length - length);
			if (read <= 0) {
				return false;
			}
			length += read;
		}
		return true;
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "keep-alive-server");
		thread.setDaemon(true);
		thread.start();
	}

}
