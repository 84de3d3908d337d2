package dev.mtls.boot.netty;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A single HTTP/1.1 connection of a client, with nothing between the test and its socket.
 */
final class TlsConnection implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 5000;

	private final SSLSocket socket;

	TlsConnection(SSLContext context, int port, String protocol) throws IOException {
		Socket plain = connect(1, port);
		this.socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
		this.socket.setEnabledProtocols(new String[] { protocol });
	}

	/**
	 * Connect from an address of this machine to 127.0.0.1.
	 * @param from the last number of the address: 2 for 127.0.0.2
	 * @param port the port to connect to
	 * @return the socket
	 * @throws IOException if it cannot connect
	 */
	static Socket connect(int from, int port) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout(TIMEOUT_MILLIS);
		socket.bind(new InetSocketAddress(loopback(from), 0));
		socket.connect(new InetSocketAddress(loopback(1), port), TIMEOUT_MILLIS);
		return socket;
	}

	SSLSocket socket() {
		return this.socket;
	}

	SSLSession session() {
		return this.socket.getSession();
	}

	void send(String path) throws IOException {
		this.socket.getOutputStream()
			.write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
	}

	String get(String path) throws IOException {
		send(path);
		return readTo("hello");
	}

	String readTo(String end) throws IOException {
		InputStream input = this.socket.getInputStream();
		StringBuilder text = new StringBuilder();
		while (!text.toString().endsWith(end)) {
			int character = input.read();
			if (character < 0) {
				throw new EOFException("The connection ended after '%s'".formatted(text));
			}
			text.append((char) character);
		}
		return text.toString();
	}

	void readToEnd() throws IOException {
		byte[] buffer = new byte[1024];
		InputStream input = this.socket.getInputStream();
		while (input.read(buffer) >= 0) {
			// The end is all that matters
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private static InetAddress loopback(int last) throws IOException {
		return InetAddress.getByAddress(new byte[] { 127, 0, 0, (byte) last });
	}

}
