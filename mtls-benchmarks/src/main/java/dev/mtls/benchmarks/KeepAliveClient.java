package dev.mtls.benchmarks;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One connection over which HTTP/1.1 requests are made one after the other, at hardly any
 * cost.
 */
final class KeepAliveClient implements AutoCloseable {

	private static final String CONTENT_LENGTH = "content-length: ";

	private static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

	private static final String HEAD_END = "\r\n\r\n";

	private static final int TIMEOUT_MILLIS = 5 * 60_000;

	private final SSLSocket socket;

	private final byte[] buffer = new byte[16 * 1024];

	KeepAliveClient(SSLContext context, int port) throws IOException {
		this(context, InetAddress.getLoopbackAddress(), port, port);
	}

	/**
	 * Connect.
	 * @param context the TLS context
	 * @param from the address to connect from
	 * @param port the port to connect to
	 * @param session a number of the session: the context resumes only sessions of the
	 * same number
	 */
	KeepAliveClient(SSLContext context, InetAddress from, int port, int session) throws IOException {
		Socket plain = new Socket();
		try {
			plain.setTcpNoDelay(true);
			plain.setSoTimeout(TIMEOUT_MILLIS);
			plain.bind(new InetSocketAddress(from, 0));
			plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			this.socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", session, true);
			// Servers of one preference or the other are to do the same work
			this.socket.setEnabledCipherSuites(new String[] { CIPHER_SUITE });
			this.socket.startHandshake();
		}
		catch (IOException ex) {
			plain.close();
			throw ex;
		}
	}

	/**
	 * Make a request and read the whole response.
	 * @param path the path
	 * @return the status
	 */
	int get(String path) throws IOException {
		String request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path);
		return get(request.getBytes(StandardCharsets.ISO_8859_1));
	}

	int get(byte[] request) throws IOException {
		this.socket.getOutputStream().write(request);
		int read = 0;
		int headEnd = -1;
		String head = "";
		while (headEnd == -1) {
			int count = this.socket.getInputStream().read(this.buffer, read, this.buffer.length - read);
			if (count < 0) {
				throw new EOFException("The server ended the connection after %d bytes".formatted(read));
			}
			read += count;
			head = new String(this.buffer, 0, read, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
			headEnd = head.indexOf(HEAD_END);
		}
		int missing = headEnd + HEAD_END.length() + contentLength(head) - read;
		new DataInputStream(this.socket.getInputStream()).readFully(this.buffer, 0, missing);
		return Integer.parseInt(head, 9, 12, 10);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private static int contentLength(String head) {
		int start = head.indexOf(CONTENT_LENGTH) + CONTENT_LENGTH.length();
		return Integer.parseInt(head, start, head.indexOf('\r', start), 10);
	}

}
