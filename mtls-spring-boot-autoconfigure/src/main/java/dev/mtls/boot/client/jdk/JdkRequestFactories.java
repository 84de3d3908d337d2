package dev.mtls.boot.client.jdk;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;

/**
 * Fits {@link JdkClientHttpRequestFactory} to a client's gate. The JDK has no settings
 * for its pool but system properties, and tells no address before it connects.
 */
public final class JdkRequestFactories {

	private JdkRequestFactories() {
	}

	/**
	 * Build a request factory for one generation.
	 * @param builder the builder of the application
	 * @param settings the settings of the application
	 * @param generation the generation
	 * @return the request factory
	 */
	public static BuiltClient<ClientHttpRequestFactory> requestFactory(JdkClientHttpRequestFactoryBuilder builder,
			HttpClientSettings settings, ClientGeneration generation) {
		JdkHttpClients clients = new JdkHttpClients(generation);
		JdkClientHttpRequestFactory factory = builder.withHttpClientCustomizer(clients::customize)
			.build(settings.withSslBundle(null));
		clients.probe((uri) -> factory.createRequest(uri, HttpMethod.HEAD).execute().close());
		return new BuiltClient<>(new CuttableRequestFactory(factory, clients.connections()), clients::close);
	}

}
