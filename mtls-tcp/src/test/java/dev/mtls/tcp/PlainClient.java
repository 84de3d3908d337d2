package dev.mtls.tcp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.netty.util.NetUtil;

/**
 * Connects to servers with blocking sockets.
 */
public final class PlainClient {

	private static final int TIMEOUT_MILLIS = 10_000;

	private PlainClient() {
	}

	/**
	 * Connect without TLS.
	 * @param port the port on loopback
	 * @return a socket that no read of blocks for longer than 10 seconds
	 * @throws IOException if it fails
	 */
	public static Socket connect(int port) throws IOException {
		return connect(port, "127.0.0.1");
	}

	public static Socket connect(int port, String from) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout(TIMEOUT_MILLIS);
		socket
			.bind(new InetSocketAddress(InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(from)), 0));
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
		return socket;
	}

	/**
	 * Speak TLS by the JDK over a socket.
	 * @param context the client's key and trust
	 * @param socket the socket, which is closed with what is returned
	 * @param protocols the protocols to offer, those of the JDK if there are none
	 * @return the socket, before its handshake
	 * @throws IOException if it fails
	 */
	public static SSLSocket tls(SSLContext context, Socket socket, String... protocols) throws IOException {
		SSLSocket tls = (SSLSocket) context.getSocketFactory()
			.createSocket(socket, "localhost", socket.getPort(), true);
		if (protocols.length > 0) {
			tls.setEnabledProtocols(protocols);
		}
		return tls;
	}

	/**
	 * Read until the peer ends, by whatever means.
	 * @param socket the socket
	 * @return what the peer sent
	 * @throws IOException if the peer does not end within 10 seconds
	 */
	public static int countUntilEnd(Socket socket) throws IOException {
		byte[] buffer = new byte[8192];
		int count = 0;
		try {
			InputStream input = socket.getInputStream();
			for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
				count += read;
			}
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// An alert, or a reset
		}
		return count;
	}

}
