package dev.mtls.boot.client.httpcomponents;

import java.util.Objects;

import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Builds one imperative client. The application's customizers come first, so that none of
 * them replaces what the gate needs.
 */
final class GatedRequestFactory {

	private final ClientGeneration generation;

	private final ClientPool pool;

	private final LiveSockets connections = new LiveSockets();

	private @Nullable PoolingHttpClientConnectionManager pooling;

	private @Nullable GatedConnectionManager manager;

	GatedRequestFactory(ClientGeneration generation, ClientPool pool) {
		this.generation = generation;
		this.pool = pool;
	}

	BuiltClient<ClientHttpRequestFactory> build(HttpComponentsClientHttpRequestFactoryBuilder builder,
			HttpClientSettings settings) {
		AllowedAddresses addresses = new AllowedAddresses(this.generation.gate(), settings.inetAddressFilter());
		HttpComponentsClientHttpRequestFactory factory = builder
			.withConnectionConfigCustomizer((connection) -> bound(this.pool, connection))
			.withConnectionManagerCustomizer(this::customize)
			.withHttpClientCustomizer((client) -> customize(client, addresses))
			.build(settings.withSslBundle(null).withInetAddressFilter(addresses));
		return new BuiltClient<>(factory, () -> close(factory), Objects.requireNonNull(this.manager)::counts);
	}

	static void bound(ClientPool pool, ConnectionConfig.Builder connection) {
		if (pool.lifetime() != null) {
			connection.setTimeToLive(TimeValue.of(pool.lifetime()));
		}
		if (pool.idleTime() != null) {
			connection.setIdleTimeout(Timeout.of(pool.idleTime()));
		}
	}

	private void customize(PoolingHttpClientConnectionManagerBuilder builder) {
		if (this.pool.maxConnections() != null) {
			builder.setMaxConnTotal(this.pool.maxConnections());
		}
		if (this.pool.maxConnectionsPerHost() != null) {
			builder.setMaxConnPerRoute(this.pool.maxConnectionsPerHost());
		}
		builder.setTlsSocketStrategy(new GatedTlsSocketStrategy(this.generation, this.connections));
		// Spring Boot builds another, which never connects
		this.pooling = builder.build();
	}

	private void customize(HttpClientBuilder client, AllowedAddresses addresses) {
		this.manager = new GatedConnectionManager(Objects.requireNonNull(this.pooling), addresses, this.connections);
		client.setConnectionManager(this.manager).setConnectionManagerShared(false).disableConnectionState();
		if (this.pool.idleTime() != null) {
			client.evictIdleConnections(TimeValue.of(this.pool.idleTime()));
		}
		if (this.pool.lifetime() != null) {
			client.evictExpiredConnections();
		}
	}

	private void close(HttpComponentsClientHttpRequestFactory factory) {
		GatedConnectionManager manager = Objects.requireNonNull(this.manager);
		// Idle connections end with a TLS close_notify, whatever else there is at once
		manager.closeIdle(TimeValue.ZERO_MILLISECONDS);
		manager.close(CloseMode.IMMEDIATE);
		try {
			factory.destroy();
		}
		catch (Exception ex) {
			throw new IllegalStateException("The client could not be closed", ex);
		}
	}

}
