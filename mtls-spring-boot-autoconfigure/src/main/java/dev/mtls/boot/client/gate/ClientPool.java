package dev.mtls.boot.client.gate;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Bounds of a client's connection pool. What is {@code null} is left to the library.
 *
 * @param maxConnections the number of connections in all
 * @param maxConnectionsPerHost the number of connections to one host and port
 * @param idleTime how long a connection may be idle before it is closed
 * @param lifetime how long a connection may live
 * @param drainTime how long requests that have begun may go on after the client was
 * replaced, before they are cut
 */
public record ClientPool(@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerHost,
		@Nullable Duration idleTime, @Nullable Duration lifetime, Duration drainTime) {

	/**
	 * What is not configured: all is left to the library, and requests drain for 30
	 * seconds.
	 */
	public static final ClientPool DEFAULTS = new ClientPool(null, null, null, null, Duration.ofSeconds(30));

}
