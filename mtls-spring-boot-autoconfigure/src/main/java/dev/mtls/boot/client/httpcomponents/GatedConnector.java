package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Builds one reactive client. The application's customizers come first, so that none of
 * them replaces what the gate needs.
 */
final class GatedConnector {

	private final ClientGeneration generation;

	private final ClientPool pool;

	private final GatedSessions sessions = new GatedSessions();

	private @Nullable PoolingAsyncClientConnectionManager pooling;

	private @Nullable GatedAsyncConnectionManager manager;

	GatedConnector(ClientGeneration generation, ClientPool pool) {
		this.generation = generation;
		this.pool = pool;
	}

	BuiltClient<ClientHttpConnector> build(HttpComponentsClientHttpConnectorBuilder builder,
			HttpClientSettings settings) {
		AllowedAddresses addresses = new AllowedAddresses(this.generation.gate(), settings.inetAddressFilter());
		HttpComponentsClientHttpConnector connector = builder
			.withConnectionConfigCustomizer((connection) -> GatedRequestFactory.bound(this.pool, connection))
			.withConnectionManagerCustomizer(this::customize)
			.withHttpClientCustomizer((client) -> customize(client, addresses))
			.build(settings.withSslBundle(null).withInetAddressFilter(addresses));
		return new BuiltClient<>(connector, () -> close(connector), Objects.requireNonNull(this.manager)::counts);
	}

	private void customize(PoolingAsyncClientConnectionManagerBuilder builder) {
		if (this.pool.maxConnections() != null) {
			builder.setMaxConnTotal(this.pool.maxConnections());
		}
		if (this.pool.maxConnectionsPerHost() != null) {
			builder.setMaxConnPerRoute(this.pool.maxConnectionsPerHost());
		}
		builder.setTlsStrategy(new GatedTlsStrategy(this.generation, this.sessions));
		// Spring Boot builds another, which never connects
		this.pooling = builder.build();
	}

	private void customize(HttpAsyncClientBuilder client, AllowedAddresses addresses) {
		this.manager = new GatedAsyncConnectionManager(Objects.requireNonNull(this.pooling), addresses);
		client.setConnectionManager(this.manager)
			.setConnectionManagerShared(false)
			.setIOSessionListener(this.sessions)
			.addExecInterceptorFirst(ReleaseBeforeEnd.class.getName(), new ReleaseBeforeEnd())
			.disableConnectionState();
		if (this.pool.idleTime() != null) {
			client.evictIdleConnections(TimeValue.of(this.pool.idleTime()));
		}
		if (this.pool.lifetime() != null) {
			client.evictExpiredConnections();
		}
	}

	private void close(HttpComponentsClientHttpConnector connector) {
		GatedAsyncConnectionManager manager = Objects.requireNonNull(this.manager);
		// Idle connections end with a TLS close_notify, whatever else there is at once
		manager.closeIdle(TimeValue.ZERO_MILLISECONDS);
		manager.close(CloseMode.IMMEDIATE);
		try {
			connector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The client could not be closed", ex);
		}
	}

}
