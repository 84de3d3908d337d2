package dev.mtls.boot.client.httpcomponents;

import java.util.Set;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.pool.ConnPoolControl;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;

import dev.mtls.boot.client.gate.PoolCounts;

/**
 * {@link ConnPoolControl} of the connection manager that does the work, for metrics and
 * the eviction of idle connections.
 */
abstract class PoolControl implements ConnPoolControl<HttpRoute> {

	private final ConnPoolControl<HttpRoute> pool;

	PoolControl(ConnPoolControl<HttpRoute> pool) {
		this.pool = pool;
	}

	PoolCounts counts() {
		PoolStats stats = getTotalStats();
		return new PoolCounts(stats.getLeased(), stats.getAvailable(), stats.getPending());
	}

	@Override
	public final PoolStats getTotalStats() {
		return this.pool.getTotalStats();
	}

	@Override
	public final PoolStats getStats(HttpRoute route) {
		return this.pool.getStats(route);
	}

	@Override
	public final void setMaxTotal(int max) {
		this.pool.setMaxTotal(max);
	}

	@Override
	public final int getMaxTotal() {
		return this.pool.getMaxTotal();
	}

	@Override
	public final void setDefaultMaxPerRoute(int max) {
		this.pool.setDefaultMaxPerRoute(max);
	}

	@Override
	public final int getDefaultMaxPerRoute() {
		return this.pool.getDefaultMaxPerRoute();
	}

	@Override
	public final void setMaxPerRoute(HttpRoute route, int max) {
		this.pool.setMaxPerRoute(route, max);
	}

	@Override
	public final int getMaxPerRoute(HttpRoute route) {
		return this.pool.getMaxPerRoute(route);
	}

	@Override
	public void closeIdle(TimeValue idleTime) {
		this.pool.closeIdle(idleTime);
	}

	@Override
	public void closeExpired() {
		this.pool.closeExpired();
	}

	@Override
	public final Set<HttpRoute> getRoutes() {
		return this.pool.getRoutes();
	}

}
