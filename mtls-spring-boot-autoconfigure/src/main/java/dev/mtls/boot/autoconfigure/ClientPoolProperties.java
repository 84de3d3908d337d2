package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Connection pools of a client. What is not set is left to the HTTP client, and so is
 * what it has no setting for.
 *
 * @param maxConnections Number of connections in all.
 * @param maxConnectionsPerHost Number of connections to one host and port.
 * @param idleTime Time that a connection may be idle before it is closed.
 * @param lifetime Time that a connection may live.
 * @param drainTime Time that requests which have begun may go on after the client's
 * certificate, trust or rules have changed.
 */
record ClientPoolProperties(@Nullable Integer maxConnections, @Nullable Integer maxConnectionsPerHost,
		@Nullable Duration idleTime, @Nullable Duration lifetime, @DefaultValue("30s") Duration drainTime) {

	ClientPool pool(String prefix) {
		checkCount(prefix + ".pool.max-connections", this.maxConnections);
		checkCount(prefix + ".pool.max-connections-per-host", this.maxConnectionsPerHost);
		checkTime(prefix + ".pool.idle-time", this.idleTime);
		checkTime(prefix + ".pool.lifetime", this.lifetime);
		checkTime(prefix + ".pool.drain-time", this.drainTime);
		return new ClientPool(this.maxConnections, this.maxConnectionsPerHost, this.idleTime, this.lifetime,
				this.drainTime);
	}

	static void checkTime(String property, @Nullable Duration time) {
		if (time != null && (time.isNegative() || time.isZero())) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(property, time),
					"it is not positive", "set a duration such as 30s");
		}
	}

	private static void checkCount(String property, @Nullable Integer count) {
		if (count != null && count <= 0) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%d".formatted(property, count),
					"it is not positive", "set a number such as 100, or remove it");
		}
	}

}
