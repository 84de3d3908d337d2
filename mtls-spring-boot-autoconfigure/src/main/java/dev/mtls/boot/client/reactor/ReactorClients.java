package dev.mtls.boot.client.reactor;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.tcp.netty.GatedSslContexts;

/**
 * Builds clients of Reactor Netty for one generation of a client's gate. Each has a
 * connection pool of its own, and shares the event loops that the application chose.
 * Customizers of the application are applied before ours, which win for TLS.
 * <p>
 * Reactor Netty has no bound on the connections in all: a pool's
 * {@code maxConnectionsPerHost} is applied, its {@code maxConnections} is not.
 * <p>
 * A client whose {@linkplain ReactorClientHttpRequestFactoryBuilder#withHttpClientFactory
 * factory} sets more than a {@link ConnectionProvider} keeps that provider and its
 * bounds, only the connections of this client are closed, and what its pools hold is not
 * counted; otherwise they are counted here, and not by a registrar of the provider. What
 * a factory sets is seen as far as {@link reactor.netty.http.client.HttpClientConfig}
 * tells it, so that hooks of requests and responses belong into a customizer.
 * <p>
 * HTTP/3 is refused. Behind a proxy, the address that is checked is that of the proxy.
 * Requests to {@code http:} have no TLS, but their address and the kill switch are
 * checked.
 */
public final class ReactorClients {

	private ReactorClients() {
	}

	/**
	 * Build a request factory.
	 * @param builder the application's builder
	 * @param settings timeouts, redirects and addresses
	 * @param generation the generation
	 * @param pool bounds of the pool
	 * @return the request factory
	 * @throws dev.mtls.decision.MtlsException if the TLS engine cannot do what is
	 * configured
	 */
	public static BuiltClient<ClientHttpRequestFactory> requestFactory(ReactorClientHttpRequestFactoryBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool) {
		return requestFactory(builder, settings, generation, pool, GatedSslContexts.defaultEngine());
	}

	/**
	 * Build a connector.
	 * @param builder the application's builder
	 * @param settings timeouts, redirects and addresses
	 * @param generation the generation
	 * @param pool bounds of the pool
	 * @return the connector
	 * @throws dev.mtls.decision.MtlsException if the TLS engine cannot do what is
	 * configured
	 */
	public static BuiltClient<ClientHttpConnector> connector(ReactorClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool) {
		return connector(builder, settings, generation, pool, GatedSslContexts.defaultEngine());
	}

	static BuiltClient<ClientHttpRequestFactory> requestFactory(ReactorClientHttpRequestFactoryBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool, SslProvider engine) {
		AtomicReference<HttpClient> base = new AtomicReference<>();
		builder.withHttpClientDefaults((client) -> keep(client, base)).build(HttpClientSettings.defaults());
		CountedPools counted = new CountedPools();
		ConnectionProvider provider = OwnPool.create(Objects.requireNonNull(base.get()), pool, counted);
		GatedHttpClient gated = new GatedHttpClient(generation, engine);
		ReactorClientHttpRequestFactoryBuilder own = (provider != null)
				? builder.withHttpClientFactory(() -> HttpClient.create(provider)) : builder;
		return built(own.withHttpClientCustomizer(gated).build(settings), gated, provider, counted);
	}

	static BuiltClient<ClientHttpConnector> connector(ReactorClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation, ClientPool pool, SslProvider engine) {
		AtomicReference<HttpClient> base = new AtomicReference<>();
		builder.withHttpClientDefaults((client) -> keep(client, base)).build(HttpClientSettings.defaults());
		CountedPools counted = new CountedPools();
		ConnectionProvider provider = OwnPool.create(Objects.requireNonNull(base.get()), pool, counted);
		GatedHttpClient gated = new GatedHttpClient(generation, engine);
		ReactorClientHttpConnectorBuilder own = (provider != null)
				? builder.withHttpClientFactory(() -> HttpClient.create(provider)) : builder;
		return built(own.withHttpClientCustomizer(gated).build(settings), gated, provider, counted);
	}

	// What the factory alone makes is shown to nobody but the defaults
	private static HttpClient keep(HttpClient client, AtomicReference<HttpClient> base) {
		base.set(client);
		return client;
	}

	private static <T> BuiltClient<T> built(T client, GatedHttpClient gated, @Nullable ConnectionProvider provider,
			CountedPools counted) {
		if (provider == null) {
			return new BuiltClient<>(client, gated::closeConnections, null, new ReturnedConnections());
		}
		return new BuiltClient<>(client, () -> {
			// Fails where the loops of its connections have shut down before
			provider.disposeLater().onErrorComplete().subscribe();
			gated.closeConnections();
		}, counted::counts, new ReturnedConnections());
	}

}
