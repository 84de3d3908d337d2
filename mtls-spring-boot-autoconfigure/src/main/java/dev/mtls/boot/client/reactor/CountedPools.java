package dev.mtls.boot.client.reactor;

import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpConnectionPoolMetrics;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import dev.mtls.boot.client.gate.PoolCounts;

/**
 * The pools of one {@link ConnectionProvider}, one a remote address. A connection of
 * HTTP/2 counts as leased for as long as it stands, because requests share it.
 */
final class CountedPools implements ConnectionProvider.MeterRegistrar {

	private final Map<List<@Nullable Object>, ConnectionPoolMetrics> pools = new ConcurrentHashMap<>();

	@Override
	public void registerMetrics(String poolName, String id, SocketAddress remoteAddress,
			ConnectionPoolMetrics metrics) {
		// Those of HTTP/2 are taken from another pool, which has counted them
		if (!(metrics instanceof HttpConnectionPoolMetrics)) {
			this.pools.put(key(poolName, id, remoteAddress), metrics);
		}
	}

	@Override
	public void deRegisterMetrics(String poolName, String id, SocketAddress remoteAddress) {
		this.pools.remove(key(poolName, id, remoteAddress));
	}

	PoolCounts counts() {
		PoolCounts counts = PoolCounts.NONE;
		for (ConnectionPoolMetrics pool : this.pools.values()) {
			counts = counts.plus(new PoolCounts(pool.acquiredSize(), pool.idleSize(), pool.pendingAcquireSize()));
		}
		return counts;
	}

	private static List<@Nullable Object> key(@Nullable Object... parts) {
		return Arrays.asList(parts);
	}

}
