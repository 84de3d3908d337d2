package dev.mtls.boot.client.reactor;

import java.util.Objects;
import java.util.function.Supplier;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.gate.Gate;

/**
 * The ways to use the HTTP client of Reactor Netty.
 */
enum ReactorUse {

	FACTORY_JDK(true, SslProvider.JDK), FACTORY_NATIVE(true, SslProvider.OPENSSL),
	CONNECTOR_JDK(false, SslProvider.JDK), CONNECTOR_NATIVE(false, SslProvider.OPENSSL);

	private final boolean imperative;

	private final SslProvider engine;

	ReactorUse(boolean imperative, SslProvider engine) {
		this.imperative = imperative;
		this.engine = engine;
	}

	Requests of(Gate gate) {
		return of(gate, Application.DEFAULTS, HttpClientSettings.defaults(), ClientPool.DEFAULTS);
	}

	Requests of(Gate gate, Application application, HttpClientSettings settings, ClientPool pool) {
		ClientGeneration generation = new ClientGeneration(gate);
		if (this.imperative) {
			ReactorClientHttpRequestFactoryBuilder builder = ClientHttpRequestFactoryBuilder.reactor()
				.withHttpClientCustomizer(application::customize);
			BuiltClient<ClientHttpRequestFactory> built = ReactorClients.requestFactory(
					application.hasFactory() ? builder.withHttpClientFactory(application::create) : builder, settings,
					generation, pool, this.engine);
			RestClient client = RestClient.builder().requestFactory(built.client()).build();
			return new Requests((url) -> Objects.requireNonNull(client.get().uri(url).retrieve().body(String.class)),
					built.closer(), built.pool());
		}
		ReactorClientHttpConnectorBuilder builder = ClientHttpConnectorBuilder.reactor()
			.withHttpClientCustomizer(application::customize);
		BuiltClient<ClientHttpConnector> built = ReactorClients.connector(
				application.hasFactory() ? builder.withHttpClientFactory(application::create) : builder, settings,
				generation, pool, this.engine);
		WebClient client = WebClient.builder().clientConnector(built.client()).build();
		return new Requests(
				(url) -> Objects.requireNonNull(client.get().uri(url).retrieve().bodyToMono(String.class).block()),
				built.closer(), built.pool());
	}

	/**
	 * What an application sets.
	 */
	interface Application {

		/**
		 * Nothing.
		 */
		Application DEFAULTS = (client) -> client;

		HttpClient customize(HttpClient client);

		default boolean hasFactory() {
			return false;
		}

		default HttpClient create() {
			return HttpClient.create();
		}

	}

	/**
	 * Makes requests.
	 *
	 * @param requester makes one and waits for the body
	 * @param closer closes the client
	 * @param pool counts what its pool holds
	 */
	record Requests(Requester requester, Runnable closer, @Nullable Supplier<PoolCounts> pool) {

		String get(String url) {
			return this.requester.get(url);
		}

	}

	/**
	 * Makes a request.
	 */
	interface Requester {

		String get(String url);

	}

}
