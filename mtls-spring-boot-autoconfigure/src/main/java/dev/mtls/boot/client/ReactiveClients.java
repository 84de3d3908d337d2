package dev.mtls.boot.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Gives {@link WebClient} the connector of an identity, which is made by the library that
 * the application has chosen.
 */
public final class ReactiveClients {

	private final Map<MtlsClient, ClientHttpConnector> connectors = new ConcurrentHashMap<>();

	private final ClientHttpConnectorBuilder<?> builder;

	private final HttpClientSettings settings;

	/**
	 * Create it.
	 * @param builder makes connectors of the library that the application has chosen
	 * @param settings the settings for all HTTP clients of the application
	 */
	public ReactiveClients(ClientHttpConnectorBuilder<?> builder, HttpClientSettings settings) {
		this.builder = builder;
		this.settings = settings;
	}

	void prepare(MtlsClient client) {
		connector(client);
	}

	/**
	 * Have a builder make clients of an identity.
	 * @param builder the builder
	 * @param client the identity
	 */
	public void configure(WebClient.Builder builder, MtlsClient client) {
		configure(builder, client, connector(client));
	}

	/**
	 * Have a builder make clients of an identity, with settings of its own.
	 * @param builder the builder
	 * @param client the identity
	 * @param settings the settings
	 */
	void configure(WebClient.Builder builder, MtlsClient client, HttpClientSettings settings) {
		configure(builder, client,
				settings.equals(this.settings) ? connector(client) : client.connector(this.builder, settings));
	}

	/**
	 * Have a builder make clients without an identity.
	 * @param builder the builder
	 * @param settings the settings
	 */
	void configure(WebClient.Builder builder, HttpClientSettings settings) {
		builder.clientConnector(this.builder.build(settings));
		retry(builder, null);
	}

	private void configure(WebClient.Builder builder, MtlsClient client, ClientHttpConnector connector) {
		builder.clientConnector(connector);
		retry(builder, client.options().retry());
	}

	private ClientHttpConnector connector(MtlsClient client) {
		return this.connectors.computeIfAbsent(client, (key) -> key.connector(this.builder, this.settings));
	}

	// The builder may have been customized for another identity before
	private static void retry(WebClient.Builder builder, @Nullable ClientRetry retry) {
		builder.filters((filters) -> {
			filters.removeIf(RetryExchangeFilter.class::isInstance);
			if (retry != null) {
				filters.add(new RetryExchangeFilter(retry));
			}
		});
	}

}
