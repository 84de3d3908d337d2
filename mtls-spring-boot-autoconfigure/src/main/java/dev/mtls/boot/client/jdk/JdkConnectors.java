package dev.mtls.boot.client.jdk;

import java.net.http.HttpClient;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;

/**
 * Fits {@link JdkClientHttpConnector} to a client's gate. The JDK has no settings for its
 * pool but system properties, and tells no address before it connects. Only the client of
 * the JDK is built for each generation, not the connector: customizers of the connector
 * itself do not apply, those of the client do.
 */
public final class JdkConnectors {

	private JdkConnectors() {
	}

	/**
	 * Build a client for one generation.
	 * @param builder the builder of the application
	 * @param settings the settings of the application
	 * @param generation the generation
	 * @return the client
	 */
	public static BuiltClient<GatedHttpClient> httpClient(JdkClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation) {
		JdkHttpClients clients = new JdkHttpClients(generation);
		AtomicReference<HttpClient> client = new AtomicReference<>();
		builder.withHttpClientCustomizer((http) -> {
			clients.customize(http);
			client.set(http.build());
		}).build(settings.withSslBundle(null));
		return new BuiltClient<>(clients.gated(Objects.requireNonNull(client.get())), clients::close);
	}

	/**
	 * Make a connector.
	 * @param client the client with which it sends requests
	 * @param settings the settings of the application
	 * @return the connector
	 */
	public static ClientHttpConnector connector(HttpClient client, HttpClientSettings settings) {
		JdkClientHttpConnector connector = new JdkClientHttpConnector(client);
		if (settings.readTimeout() != null) {
			connector.setReadTimeout(settings.readTimeout());
		}
		return connector;
	}

}
