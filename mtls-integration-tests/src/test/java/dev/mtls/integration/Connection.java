package dev.mtls.integration;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * One connection of HTTP/1.1 that is kept alive, and is never replaced by another.
 */
final class Connection implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 20_000;

	private static final int RENEGOTIATION_TIMEOUT_MILLIS = 3_000;

	private final SSLSocket socket;

	private final InputStream input;

	private Connection(SSLSocket socket) throws IOException {
		this.socket = socket;
		this.input = new BufferedInputStream(socket.getInputStream());
	}

	/**
	 * Open a connection and complete its handshake.
	 * @param context the TLS context, which may resume a session it knows
	 * @param protocol the TLS protocol, such as {@code TLSv1.3}
	 * @param port the port of the server
	 * @return the connection
	 * @throws IOException if the handshake fails
	 */
	static Connection open(SSLContext context, String protocol, int port) throws IOException {
		Socket plain = new Socket();
		try {
			plain.setSoTimeout(TIMEOUT_MILLIS);
			plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
			SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
			socket.setEnabledProtocols(new String[] { protocol });
			socket.startHandshake();
			return new Connection(socket);
		}
		catch (IOException ex) {
			plain.close();
			throw ex;
		}
	}

	/**
	 * Send a request and read the response.
	 * @param path the path
	 * @return the body
	 * @throws IOException if there is no response, or one without a length
	 */
	String get(String path) throws IOException {
		this.socket.getOutputStream()
			.write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
		int length = -1;
		String line = readLine();
		while (!line.isEmpty()) {
			String lower = line.toLowerCase(Locale.ROOT);
			if (lower.startsWith("content-length:")) {
				length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
			}
			line = readLine();
		}
		return new String(this.input.readNBytes(length), StandardCharsets.UTF_8);
	}

	/**
	 * Shake hands once more within this connection, as TLS 1.2 lets a client do, and wait
	 * for no more than seconds for whatever follows.
	 * @throws IOException if the server does not
	 */
	void handshakeAgain() throws IOException {
		this.socket.setSoTimeout(RENEGOTIATION_TIMEOUT_MILLIS);
		this.socket.startHandshake();
	}

	/**
	 * Wait for the server to end this connection.
	 * @return when it did
	 */
	Instant awaitEnd() {
		try {
			this.input.readAllBytes();
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The connection still stands", ex);
		}
		catch (IOException ex) {
			// A reset is an end as well
		}
		return Instant.now();
	}

	SSLSession session() {
		return this.socket.getSession();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private String readLine() throws IOException {
		StringBuilder line = new StringBuilder();
		int next = this.input.read();
		while (next != '\n') {
			if (next < 0) {
				throw new EOFException("The connection was closed within a response");
			}
			if (next != '\r') {
				line.append((char) next);
			}
			next = this.input.read();
		}
		return line.toString();
	}

}
