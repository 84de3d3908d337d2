package dev.mtls.tcp.pool;

import java.time.Duration;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * The bounds of a pool.
 *
 * @param maxConnections how many connections there are at most
 * @param maxPending how many uses may wait for one
 * @param acquireTimeout how long a use waits for one
 * @param maxIdleTime how long a connection may wait to be used before it is closed
 * @param maxLifetime how old a connection may become; it is closed when its use ends
 * @param evictionInterval how often connections that wait are looked at
 */
public record PoolLimits(int maxConnections, int maxPending, Duration acquireTimeout, Duration maxIdleTime,
		Duration maxLifetime, Duration evictionInterval) {

	/**
	 * 16 connections, 256 uses that wait 10 seconds at most; a connection waits 1 minute
	 * and lives 1 hour at most, and is looked at each 5 seconds.
	 */
	public static final PoolLimits DEFAULTS = new PoolLimits(16, 256, Duration.ofSeconds(10), Duration.ofMinutes(1),
			Duration.ofHours(1), Duration.ofSeconds(5));

	/**
	 * Create bounds.
	 * @throws MtlsException if one is not positive
	 */
	public PoolLimits {
		check("max-connections", maxConnections > 0, maxConnections);
		check("max-pending", maxPending >= 0, maxPending);
		check("acquire-timeout", isPositive(acquireTimeout), acquireTimeout);
		check("max-idle-time", isPositive(maxIdleTime), maxIdleTime);
		check("max-lifetime", isPositive(maxLifetime), maxLifetime);
		check("eviction-interval", isPositive(evictionInterval), evictionInterval);
	}

	/**
	 * The same bounds with another number of connections.
	 * @param maxConnections how many connections there are at most
	 * @return the bounds
	 */
	public PoolLimits withMaxConnections(int maxConnections) {
		return new PoolLimits(maxConnections, this.maxPending, this.acquireTimeout, this.maxIdleTime, this.maxLifetime,
				this.evictionInterval);
	}

	/**
	 * The same bounds for the wait for a connection.
	 * @param maxPending how many uses may wait for one
	 * @param acquireTimeout how long a use waits for one
	 * @return the bounds
	 */
	public PoolLimits withPending(int maxPending, Duration acquireTimeout) {
		return new PoolLimits(this.maxConnections, maxPending, acquireTimeout, this.maxIdleTime, this.maxLifetime,
				this.evictionInterval);
	}

	/**
	 * The same bounds for the time of a connection.
	 * @param maxIdleTime how long a connection may wait to be used before it is closed
	 * @param maxLifetime how old a connection may become
	 * @return the bounds
	 */
	public PoolLimits withTimes(Duration maxIdleTime, Duration maxLifetime) {
		return new PoolLimits(this.maxConnections, this.maxPending, this.acquireTimeout, maxIdleTime, maxLifetime,
				this.evictionInterval);
	}

	/**
	 * The same bounds with another interval.
	 * @param evictionInterval how often connections that wait are looked at
	 * @return the bounds
	 */
	public PoolLimits withEvictionInterval(Duration evictionInterval) {
		return new PoolLimits(this.maxConnections, this.maxPending, this.acquireTimeout, this.maxIdleTime,
				this.maxLifetime, evictionInterval);
	}

	private static boolean isPositive(Duration duration) {
		return duration.toMillis() > 0;
	}

	private static void check(String name, boolean valid, Object value) {
		if (!valid) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(name, value),
					"with that the pool lends nothing", "set a larger value, or remove it");
		}
	}

}
