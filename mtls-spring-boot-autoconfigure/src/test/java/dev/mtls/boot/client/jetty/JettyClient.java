package dev.mtls.boot.client.jetty;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

import org.eclipse.jetty.client.HttpClient;
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
 * A client in both styles.
 */
interface JettyClient {

	/**
	 * Send a request.
	 * @param url the URL
	 * @return the body of the answer
	 */
	String get(String url);

	void close();

	/**
	 * The style in which a client is used.
	 */
	enum Style {

		IMPERATIVE {

			@Override
			JettyClient open(ClientGeneration generation, HttpClientSettings settings, ClientPool pool,
					Consumer<HttpClient> customizer) {
				BuiltClient<ClientHttpRequestFactory> built = JettyClients.requestFactory(
						ClientHttpRequestFactoryBuilder.jetty().withHttpClientCustomizer(customizer), settings,
						generation, pool);
				RestClient client = RestClient.builder().requestFactory(built.client()).build();
				return new JettyClient() {

					@Override
					public String get(String url) {
						return Objects.requireNonNull(client.get().uri(url).retrieve().body(String.class));
					}

					@Override
					public void close() {
						built.closer().run();
					}

				};
			}

		},

		REACTIVE {

			@Override
			JettyClient open(ClientGeneration generation, HttpClientSettings settings, ClientPool pool,
					Consumer<HttpClient> customizer) {
				BuiltClient<ClientHttpConnector> built = JettyClients.connector(
						ClientHttpConnectorBuilder.jetty().withHttpClientCustomizer(customizer), settings, generation,
						pool);
				WebClient client = WebClient.builder().clientConnector(built.client()).build();
				return new JettyClient() {

					@Override
					public String get(String url) {
						return Objects.requireNonNull(client.get()
							.uri(url)
							.retrieve()
							.bodyToMono(String.class)
							.block(Duration.ofSeconds(30)));
					}

					@Override
					public void close() {
						built.closer().run();
					}

				};
			}

		};

		abstract JettyClient open(ClientGeneration generation, HttpClientSettings settings, ClientPool pool,
				Consumer<HttpClient> customizer);

	}

}
