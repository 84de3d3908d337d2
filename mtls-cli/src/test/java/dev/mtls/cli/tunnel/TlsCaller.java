package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A client of the JDK that tells whether it is served.
 *
 * @param context its key and trust
 * @param from the address that it calls from
 * @param protocols the versions of TLS that it speaks
 */
record TlsCaller(SSLContext context, String from, List<String> protocols) {

	private static final int BOUND_MILLIS = 60_000;

	private static final String QUESTION = "question";

	/**
	 * Call a server that echoes, or refuses.
	 * @param port the port of the server
	 * @return whether the server has echoed
	 * @throws IOException if it neither echoes nor ends the connection
	 */
	boolean isServedAt(int port) throws IOException {
		try (Socket socket = new Socket()) {
			socket.bind(new InetSocketAddress(this.from, 0));
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BOUND_MILLIS);
			socket.setSoTimeout(BOUND_MILLIS);
			try (SSLSocket tls = (SSLSocket) this.context.getSocketFactory()
				.createSocket(socket, "localhost", port, true)) {
				tls.setEnabledProtocols(this.protocols.toArray(String[]::new));
				return isEchoed(tls);
			}
		}
		catch (ConnectException ex) {
			throw ex;
		}
		catch (SocketException ex) {
			// Reset while it connected
			return false;
		}
	}

	/**
	 * Send something and wait for the same.
	 * @param socket the connection
	 * @return whether it came back before the end of the connection
	 * @throws SocketTimeoutException if neither comes
	 */
	static boolean isEchoed(Socket socket) throws SocketTimeoutException {
		try {
			socket.setSoTimeout(BOUND_MILLIS);
			socket.getOutputStream().write(QUESTION.getBytes(StandardCharsets.US_ASCII));
			InputStream input = socket.getInputStream();
			return new String(input.readNBytes(QUESTION.length()), StandardCharsets.US_ASCII).equals(QUESTION);
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
