package dev.mtls.integration;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * A client that connects and only reads, as one that is to be refused: it learns of it in
 * TLS 1.2 from the handshake, in TLS 1.3 from what it reads afterwards.
 *
 * @param context the TLS context
 * @param protocol the TLS protocol, such as {@code TLSv1.3}
 */
record RefusedClient(SSLContext context, String protocol) {

	static final String RESET = "reset";

	static final String CLOSED = "closed";

	private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

	private static final int TIMEOUT_MILLIS = 20_000;

	/**
	 * Connect to a server on this machine, and wait for the end of the connection.
	 * @param from the address of the client
	 * @param port the port of the server
	 * @return the name of the fatal alert that ended it, else {@link #RESET} or
	 * {@link #CLOSED}
	 * @throws IOException if it ended in any other way
	 */
	String connect(InetAddress from, int port) throws IOException {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.bind(new InetSocketAddress(from, 0));
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
			try (SSLSocket tls = (SSLSocket) this.context.getSocketFactory()
				.createSocket(socket, "localhost", port, true)) {
				tls.setEnabledProtocols(new String[] { this.protocol });
				tls.startHandshake();
				int first = tls.getInputStream().read();
				if (first >= 0) {
					throw new IOException("The server has sent " + first);
				}
				return CLOSED;
			}
		}
		catch (SocketException | SSLException ex) {
			return symptom(ex);
		}
	}

	private static String symptom(IOException failure) throws IOException {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Matcher alert = ALERT.matcher(String.valueOf(cause.getMessage()));
			if (alert.find()) {
				return alert.group(1);
			}
			if (cause instanceof SocketException) {
				return RESET;
			}
			if (cause instanceof EOFException) {
				return CLOSED;
			}
		}
		throw failure;
	}

}
