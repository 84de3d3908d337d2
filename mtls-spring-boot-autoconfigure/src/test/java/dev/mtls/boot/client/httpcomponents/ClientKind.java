package dev.mtls.boot.client.httpcomponents;

import java.time.Duration;
import java.util.Objects;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.ClientPool;

/**
 * Imperative or reactive.
 */
enum ClientKind {

	IMPERATIVE {

		@Override
		OpenClient open(DnsResolver resolver, HttpClientSettings settings, ClientGeneration generation,
				ClientPool pool) {
			return client(HttpComponentsClients.requestFactory(
					ClientHttpRequestFactoryBuilder.httpComponents().withDnsResolver(resolver), settings, generation,
					pool));
		}

		@Override
		OpenClient openCustomized(ClientGeneration generation) {
			return client(HttpComponentsClients.requestFactory(ClientHttpRequestFactoryBuilder.httpComponents()
				.withConnectionManagerCustomizer((manager) -> manager.setDnsResolver(SystemDefaultDnsResolver.INSTANCE)
					.setTlsSocketStrategy((socket, host, port, attachment, context) -> {
						throw new AssertionError("not ours");
					}))
				.withHttpClientCustomizer(
						(client) -> client.setConnectionManager(new PoolingHttpClientConnectionManager())),
					HttpClientSettings.defaults(), generation, ClientPool.DEFAULTS));
		}

		private OpenClient client(BuiltClient<ClientHttpRequestFactory> built) {
			RestClient client = RestClient.create().mutate().requestFactory(built.client()).build();
			return new OpenClient((url) -> Objects.requireNonNull(client.get().uri(url).retrieve().body(String.class)),
					(url, body) -> Objects
						.requireNonNull(client.post().uri(url).body(body).retrieve().body(String.class)),
					built.closer());
		}

	},

	REACTIVE {

		@Override
		OpenClient open(DnsResolver resolver, HttpClientSettings settings, ClientGeneration generation,
				ClientPool pool) {
			return client(HttpComponentsClients.connector(
					ClientHttpConnectorBuilder.httpComponents().withDnsResolver(resolver), settings, generation, pool));
		}

		@Override
		OpenClient openCustomized(ClientGeneration generation) {
			return client(HttpComponentsClients.connector(
					ClientHttpConnectorBuilder.httpComponents()
						.withConnectionManagerCustomizer(
								(manager) -> manager.setDnsResolver(SystemDefaultDnsResolver.INSTANCE))
						.withHttpClientCustomizer(
								(client) -> client.setConnectionManager(new PoolingAsyncClientConnectionManager())),
					HttpClientSettings.defaults(), generation, ClientPool.DEFAULTS));
		}

		private OpenClient client(BuiltClient<ClientHttpConnector> built) {
			WebClient client = WebClient.builder().clientConnector(built.client()).build();
			return new OpenClient(
					(url) -> Objects.requireNonNull(
							client.get().uri(url).retrieve().bodyToMono(String.class).block(Duration.ofSeconds(30))),
					(url, body) -> Objects.requireNonNull(client.post()
						.uri(url)
						.bodyValue(body)
						.retrieve()
						.bodyToMono(String.class)
						.block(Duration.ofSeconds(30))),
					built.closer());
		}

	};

	abstract OpenClient open(DnsResolver resolver, HttpClientSettings settings, ClientGeneration generation,
			ClientPool pool);

	/**
	 * Open a client whose application has replaced the connection manager and, in the
	 * manager's builder, the resolver.
	 */
	abstract OpenClient openCustomized(ClientGeneration generation);

}
