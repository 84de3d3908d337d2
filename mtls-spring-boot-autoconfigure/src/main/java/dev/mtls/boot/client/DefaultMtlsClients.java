package dev.mtls.boot.client;

import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.web.client.RestClient;

import dev.mtls.boot.bundle.GateSslBundle;

/**
 * {@link MtlsClients} of the application's identities.
 */
public final class DefaultMtlsClients implements MtlsClients {

	private final Map<MtlsClient, HttpClient> httpClients = new ConcurrentHashMap<>();

	private final ClientIdentities identities;

	private final ImperativeClients clients;

	private final Supplier<RestClient.Builder> builders;

	private final HttpClientSettings settings;

	/**
	 * Create it.
	 * @param identities the identities
	 * @param clients makes request factories
	 * @param builders gives builders with what the application has set up for all
	 * @param settings the settings for all HTTP clients of the application
	 */
	public DefaultMtlsClients(ClientIdentities identities, ImperativeClients clients,
			Supplier<RestClient.Builder> builders, HttpClientSettings settings) {
		this.identities = identities;
		this.clients = clients;
		this.builders = builders;
		this.settings = settings;
	}

	@Override
	public RestClient restClient(String name) {
		MtlsClient client = this.identities.get(name);
		RestClient.Builder builder = this.builders.get();
		this.clients.configure(builder, client);
		return builder.build();
	}

	@Override
	public HttpClient httpClient(String name) {
		return this.httpClients.computeIfAbsent(this.identities.get(name), (key) -> key.httpClient(this.settings));
	}

	@Override
	public SslBundle sslBundle(String name) {
		MtlsClient client = this.identities.get(name);
		return new GateSslBundle("mtls-" + name, client::gate);
	}

}
