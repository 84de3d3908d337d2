package dev.mtls.boot.metrics;

import java.util.function.ToIntFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.boot.client.gate.PoolCounts;

/**
 * {@link MeterBinder} for the connection pools of client identities. An identity has one
 * set of gauges, over the pools of all its clients and whichever library they are of, so
 * that rotation neither adds nor replaces any. They have no value while no library tells.
 */
public final class ClientPoolMetrics implements MeterBinder {

	private final ClientIdentities identities;

	/**
	 * Create the metrics.
	 * @param identities the identities
	 */
	public ClientPoolMetrics(ClientIdentities identities) {
		this.identities = identities;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		MtlsClient standard = this.identities.standard();
		if (standard != null) {
			bind(registry, standard, "mtls.client");
		}
		for (MtlsClient client : this.identities.named()) {
			bind(registry, client, client.gate().settings().name());
		}
	}

	private static void bind(MeterRegistry registry, MtlsClient client, String name) {
		connections(client, name, PoolCounts::leased).tag("state", "leased").register(registry);
		connections(client, name, PoolCounts::available).tag("state", "available").register(registry);
		gauge("mtls.client.pool.pending", client, name, PoolCounts::pending)
			.description("Requests that wait for a connection")
			.baseUnit("requests")
			.register(registry);
	}

	private static Gauge.Builder<MtlsClient> connections(MtlsClient client, String name,
			ToIntFunction<PoolCounts> count) {
		return gauge("mtls.client.pool.connections", client, name, count)
			.description("Connections in the pools of the client")
			.baseUnit(BaseUnits.CONNECTIONS);
	}

	private static Gauge.Builder<MtlsClient> gauge(String meter, MtlsClient client, String name,
			ToIntFunction<PoolCounts> count) {
		return Gauge.builder(meter, client, (counted) -> value(counted, count)).tag("client", name);
	}

	private static double value(MtlsClient client, ToIntFunction<PoolCounts> count) {
		PoolCounts pools = client.pools();
		return (pools != null) ? count.applyAsInt(pools) : Double.NaN;
	}

}
