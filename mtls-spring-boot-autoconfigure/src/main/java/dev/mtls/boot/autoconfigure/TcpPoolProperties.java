package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.tcp.pool.PoolLimits;

/**
 * The connection pool of a TCP client, for who uses it.
 *
 * @param maxConnections Number of connections in all.
 * @param maxPending Number of uses that may wait for a connection.
 * @param acquireTimeout Time that a use waits for a connection.
 * @param maxIdleTime Time that a connection may wait to be used before it is closed.
 * @param maxLifetime Time that a connection may live. It is closed when its use ends.
 * @param evictionInterval Time between two looks at the connections that wait.
 */
record TcpPoolProperties(@DefaultValue("16") int maxConnections, @DefaultValue("256") int maxPending,
		@DefaultValue("10s") Duration acquireTimeout, @DefaultValue("1m") Duration maxIdleTime,
		@DefaultValue("1h") Duration maxLifetime, @DefaultValue("5s") Duration evictionInterval) {

	PoolLimits limits(String prefix) {
		try {
			return new PoolLimits(this.maxConnections, this.maxPending, this.acquireTimeout, this.maxIdleTime,
					this.maxLifetime, this.evictionInterval);
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.%s".formatted(prefix, ex.place()), ex.problem(), ex.fix());
		}
	}

}
