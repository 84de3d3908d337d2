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
 * pool but system properties, and tells no address before it connects. The connector of
 * Spring does not cancel a request with its subscriber, so it is made anew over a client
 * that can be cut: customizers of the connector itself do not apply, those of the client
 * do.
 */
public final class JdkConnectors {

	private JdkConnectors() {
	}

	/**
	 * Build a connector for one generation.
	 * @param builder the builder of the application
	 * @param settings the settings of the application
	 * @param generation the generation
	 * @return the connector
	 */
	public static BuiltClient<ClientHttpConnector> connector(JdkClientHttpConnectorBuilder builder,
			HttpClientSettings settings, ClientGeneration generation) {
		JdkHttpClients clients = new JdkHttpClients(generation);
		AtomicReference<HttpClient> client = new AtomicReference<>();
		builder.withHttpClientCustomizer((http) -> {
			clients.customize(http);
			client.set(http.build());
		}).build(settings.withSslBundle(null));
		JdkClientHttpConnector connector = new JdkClientHttpConnector(
				new CuttableHttpClient(clients.gated(Objects.requireNonNull(client.get()))));
		if (settings.readTimeout() != null) {
			connector.setReadTimeout(settings.readTimeout());
		}
		return new BuiltClient<>(connector, clients::close);
	}

}
