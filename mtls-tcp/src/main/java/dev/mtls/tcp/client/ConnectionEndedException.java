package dev.mtls.tcp.client;

import java.io.IOException;

import dev.mtls.tcp.TcpConnection;

/**
 * A connection that was to stay has ended.
 */
final class ConnectionEndedException extends IOException {

	ConnectionEndedException(TcpConnection connection) {
		super("%s has ended".formatted(connection));
	}

}
