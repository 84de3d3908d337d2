package dev.mtls.boot.client.jetty;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.client.AbstractConnectionPool;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpClientTransport;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpDestination;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * Puts an {@link HttpClient} behind the gate, after everybody else who customizes it, and
 * stops it for good.
 */
final class GatedHttpClient implements LifeCycle.Listener {

	private final ClientGeneration generation;

	private final ClientPool pool;

	private final GatedSslContextFactory sslContextFactory;

	private volatile @Nullable HttpClient client;

	private volatile boolean closed;

	GatedHttpClient(ClientGeneration generation, ClientPool pool) {
		this.generation = generation;
		this.pool = pool;
		this.sslContextFactory = new GatedSslContextFactory(generation);
	}

	// Spring Boot chooses the transport by whether the connector has TLS
	void customize(ClientConnector connector) {
		connector.setSslContextFactory(this.sslContextFactory);
	}

	void customize(HttpClient client) {
		checkProtocols(client);
		client.getContainedBeans(ClientConnector.class).forEach(this::customize);
		client.setSocketAddressResolver(new GatedSocketAddressResolver(this.generation, client));
		client.addBean(new GatedConnections(this.generation, this.pool, client, this.sslContextFactory));
		client.addEventListener(this);
		bound(client);
		this.client = client;
	}

	/**
	 * A request that comes late would start the client once more.
	 */
	@Override
	public void lifeCycleStarting(LifeCycle component) {
		if (this.closed) {
			throw new IllegalStateException("The client is closed");
		}
	}

	PoolCounts counts() {
		HttpClient client = this.client;
		PoolCounts counts = PoolCounts.NONE;
		if (client != null) {
			for (Destination destination : client.getDestinations()) {
				counts = counts.plus(counts(destination));
			}
		}
		return counts;
	}

	void close() {
		this.closed = true;
		LifeCycle.stop(this.client);
	}

	private static PoolCounts counts(Destination destination) {
		int queued = (destination instanceof HttpDestination http) ? http.getQueuedRequestCount() : 0;
		return (destination.getConnectionPool() instanceof AbstractConnectionPool pool)
				? new PoolCounts(pool.getActiveConnectionCount(), pool.getIdleConnectionCount(), queued)
				: new PoolCounts(0, 0, queued);
	}

	private void bound(HttpClient client) {
		Integer connections = this.pool.maxConnectionsPerHost();
		if (connections != null) {
			client.setMaxConnectionsPerDestination(connections);
		}
		if (this.pool.idleTime() != null) {
			// Not the client's own, which would bound the set-up of connections as well
			long whileWaiting = client.getIdleTimeout();
			client.getRequestListeners().addQueuedListener((request) -> setIdleTimeout(request, whileWaiting));
		}
		Duration lifetime = this.pool.lifetime();
		if (lifetime != null) {
			HttpClientTransport transport = client.getHttpClientTransport();
			ConnectionPool.Factory factory = transport.getConnectionPoolFactory();
			transport.setConnectionPoolFactory(
					(destination) -> withLifetime(factory.newConnectionPool(destination), lifetime));
		}
	}

	// To Jetty, a connection on which a request waits is idle as well
	private static void setIdleTimeout(Request request, long millis) {
		if (request.getIdleTimeout() < 0) {
			request.idleTimeout(millis, TimeUnit.MILLISECONDS);
		}
	}

	private static ConnectionPool withLifetime(ConnectionPool pool, Duration lifetime) {
		if (pool instanceof AbstractConnectionPool connections) {
			connections.setMaxDuration(lifetime.toMillis());
		}
		return pool;
	}

	private static void checkProtocols(HttpClient client) {
		List<String> protocols = client.getContainedBeans(ClientConnectionFactory.Info.class)
			.stream()
			.flatMap((info) -> info.getProtocols(true).stream())
			.toList();
		if (protocols.contains("h3")) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "the transport of Jetty's client",
					"it speaks HTTP/3, whose TLS cannot be put behind the gate", "offer HTTP/2 or HTTP/1.1 only");
		}
	}

}
