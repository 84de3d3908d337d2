package dev.mtls.socket;

import java.io.IOException;
import java.net.ServerSocket;

/**
 * {@link ServerSocket} whose connections are {@link TcpSocket}s.
 */
final class TcpServerSocket extends ServerSocket {

	TcpServerSocket() throws IOException {
	}

	@Override
	public TcpSocket accept() throws IOException {
		TcpSocket socket = new TcpSocket();
		implAccept(socket);
		return socket;
	}

}
