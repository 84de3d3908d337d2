package dev.mtls.boot.server;

import org.jspecify.annotations.Nullable;

import dev.mtls.gate.LiveConnection;

/**
 * What a server hands to requests, and holds the connection over which they came.
 */
@FunctionalInterface
public interface ConnectionHolder {

	/**
	 * The connection.
	 * @return the connection, or {@code null} if the gate admitted none
	 */
	@Nullable LiveConnection connection();

}
