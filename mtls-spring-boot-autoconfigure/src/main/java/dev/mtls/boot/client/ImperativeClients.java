package dev.mtls.boot.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.InterceptingClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Gives {@link RestClient} and {@link RestTemplate} the request factory of an identity,
 * which is made by the library that the application has chosen.
 */
public final class ImperativeClients {

	private final Map<MtlsClient, ClientHttpRequestFactory> requestFactories = new ConcurrentHashMap<>();

	private final ClientHttpRequestFactoryBuilder<?> builder;

	private final HttpClientSettings settings;

	/**
	 * Create it.
	 * @param builder makes request factories of the library that the application has
	 * chosen
	 * @param settings the settings for all HTTP clients of the application
	 */
	public ImperativeClients(ClientHttpRequestFactoryBuilder<?> builder, HttpClientSettings settings) {
		this.builder = builder;
		this.settings = settings;
	}

	void prepare(MtlsClient client) {
		requestFactory(client);
	}

	/**
	 * Have a builder make clients of an identity.
	 * @param builder the builder
	 * @param client the identity
	 */
	public void configure(RestClient.Builder builder, MtlsClient client) {
		builder.requestFactory(requestFactory(client));
	}

	/**
	 * Have a template use an identity.
	 * @param template the template
	 * @param client the identity
	 */
	public void configure(RestTemplate template, MtlsClient client) {
		template.setRequestFactory(requestFactory(client));
	}

	/**
	 * Have a builder make clients of an identity, with settings of its own.
	 * @param builder the builder
	 * @param client the identity
	 * @param settings the settings
	 */
	void configure(RestClient.Builder builder, MtlsClient client, HttpClientSettings settings) {
		builder
			.requestFactory(settings.equals(this.settings) ? requestFactory(client) : requestFactory(client, settings));
	}

	/**
	 * Have a builder make clients without an identity.
	 * @param builder the builder
	 * @param settings the settings
	 */
	void configure(RestClient.Builder builder, HttpClientSettings settings) {
		builder.requestFactory(this.builder.build(settings));
	}

	private ClientHttpRequestFactory requestFactory(MtlsClient client) {
		return this.requestFactories.computeIfAbsent(client, (key) -> requestFactory(key, this.settings));
	}

	// With the request factory, because the builder may have been customized for another
	// identity before
	private ClientHttpRequestFactory requestFactory(MtlsClient client, HttpClientSettings settings) {
		ClientHttpRequestFactory requestFactory = client.requestFactory(this.builder, settings);
		ClientRetry retry = client.options().retry();
		return (retry != null)
				? new InterceptingClientHttpRequestFactory(requestFactory, List.of(new RetryInterceptor(retry)))
				: requestFactory;
	}

}
