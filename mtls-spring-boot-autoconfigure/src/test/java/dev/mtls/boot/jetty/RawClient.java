package dev.mtls.boot.jetty;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * One TLS connection of a client that does not try again.
 */
final class RawClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private static final String HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private static final byte[] EMPTY_SETTINGS = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };

	private final SSLSocket socket;

	private RawClient(SSLSocket socket) {
		this.socket = socket;
	}

	static Socket connect(String from, int port) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(from, 0));
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
		socket.setSoTimeout(TIMEOUT_MILLIS);
		return socket;
	}

	static RawClient open(SSLContext context, int port, String protocol, String... applicationProtocols)
			throws IOException {
		Socket plain = connect("127.0.0.1", port);
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setProtocols(new String[] { protocol });
		parameters.setApplicationProtocols(applicationProtocols);
		socket.setSSLParameters(parameters);
		try {
			socket.startHandshake();
			return new RawClient(socket);
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	SSLSession session() {
		return this.socket.getSession();
	}

	String get(String path) throws IOException {
		send("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
		String head = readUntil("\r\n\r\n");
		int length = Integer.parseInt(head.replaceAll("(?is).*content-length: *(\\d+).*", "$1"));
		return new String(this.socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
	}

	void beginHttp2() throws IOException {
		this.socket.getOutputStream().write(HTTP2_PREFACE.getBytes(StandardCharsets.US_ASCII));
		this.socket.getOutputStream().write(EMPTY_SETTINGS);
		this.socket.getOutputStream().flush();
		// The server's own settings: nine bytes of header, of which the first three are
		// the length
		byte[] header = this.socket.getInputStream().readNBytes(9);
		this.socket.getInputStream().readNBytes(header[2]);
	}

	void handshakeAgain() throws IOException {
		this.socket.startHandshake();
	}

	void send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		this.socket.getOutputStream().flush();
	}

	/**
	 * Ask for what is not served.
	 * @param path the path
	 * @return how many bytes came back until the connection ended
	 * @throws IOException if it does not end in time
	 */
	int getUntilEnd(String path) throws IOException {
		try {
			send("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
		}
		catch (SocketException ex) {
			// It has ended already
		}
		return readToEnd();
	}

	/**
	 * Read until the connection ends, however it does.
	 * @return how many bytes were received until then
	 * @throws IOException if it does not end in time
	 */
	int readToEnd() throws IOException {
		return readToEnd(this.socket);
	}

	static int readToEnd(Socket socket) throws IOException {
		int count = 0;
		try {
			InputStream input = socket.getInputStream();
			for (int read = input.read(); read >= 0; read = input.read()) {
				count++;
			}
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// A reset, or an end without a closing alert
		}
		return count;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private String readUntil(String end) throws IOException {
		StringBuilder text = new StringBuilder();
		InputStream input = this.socket.getInputStream();
		while (text.indexOf(end) < 0) {
			int read = input.read();
			if (read < 0) {
				throw new EOFException("The connection ended after '%s'".formatted(text));
			}
			text.append((char) read);
		}
		return text.toString();
	}

}
