package dev.mtls.boot.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;
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
		configure(builder, client, requestFactory(client));
	}

	/**
	 * Have a template use an identity.
	 * @param template the template
	 * @param client the identity
	 */
	public void configure(RestTemplate template, MtlsClient client) {
		template.setRequestFactory(requestFactory(client));
		ClientRetry retry = client.options().retry();
		if (retry != null) {
			template.getInterceptors().add(new RetryInterceptor(retry));
		}
	}

	/**
	 * Have a builder make clients of an identity, with settings of its own.
	 * @param builder the builder
	 * @param client the identity
	 * @param settings the settings
	 */
	void configure(RestClient.Builder builder, MtlsClient client, HttpClientSettings settings) {
		configure(builder, client, settings.equals(this.settings) ? requestFactory(client)
				: client.requestFactory(this.builder, settings));
	}

	/**
	 * Have a builder make clients without an identity.
	 * @param builder the builder
	 * @param settings the settings
	 */
	void configure(RestClient.Builder builder, HttpClientSettings settings) {
		builder.requestFactory(this.builder.build(settings));
		retry(builder, null);
	}

	private void configure(RestClient.Builder builder, MtlsClient client, ClientHttpRequestFactory requestFactory) {
		builder.requestFactory(requestFactory);
		retry(builder, client.options().retry());
	}

	private ClientHttpRequestFactory requestFactory(MtlsClient client) {
		return this.requestFactories.computeIfAbsent(client, (key) -> key.requestFactory(this.builder, this.settings));
	}

	// The builder may have been customized for another identity before
	private static void retry(RestClient.Builder builder, @Nullable ClientRetry retry) {
		builder.requestInterceptors((interceptors) -> {
			interceptors.removeIf(RetryInterceptor.class::isInstance);
			if (retry != null) {
				interceptors.add(new RetryInterceptor(retry));
			}
		});
	}

}
