package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.mtls.gate.LiveConnection;

/**
 * The connections of an imperative client. HttpComponents tells nobody that it closes
 * one, and closes the socket beneath TLS as often as TLS itself, so they are looked
 * through whenever a connection may have been closed.
 */
final class LiveSockets {

	private final Map<Socket, LiveConnection> live = new ConcurrentHashMap<>();

	void add(Socket socket, LiveConnection connection) {
		this.live.put(socket, connection);
	}

	void forgetClosed() {
		this.live.forEach((socket, connection) -> {
			if (socket.isClosed()) {
				forget(socket);
			}
		});
	}

	/**
	 * Close a connection at once. A reader or writer does not hold it up, because only
	 * the socket beneath TLS is closed; nothing that waits to be sent is sent.
	 * @param socket the socket beneath TLS
	 */
	void cut(Socket socket) {
		try (socket) {
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It was closed already
		}
		forget(socket);
	}

	private void forget(Socket socket) {
		LiveConnection connection = this.live.remove(socket);
		if (connection != null) {
			connection.closed();
		}
	}

}
