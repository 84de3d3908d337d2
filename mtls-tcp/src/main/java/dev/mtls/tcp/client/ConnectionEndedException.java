package dev.mtls.tcp.client;

import java.io.IOException;

/**
 * A connection that was to stay has ended.
 */
final class ConnectionEndedException extends IOException {

	ConnectionEndedException(Object connection) {
		super("%s has ended".formatted(connection));
	}

}
