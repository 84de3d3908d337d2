package dev.mtls.boot.client;

import java.time.Duration;
import java.util.Objects;

import javax.net.ssl.SSLParameters;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.mtls.gate.Gate;

/**
 * {@link RestClientCustomizer} that has requests sent by the JDK's HTTP client, presents
 * the certificate of a client {@link Gate} and verifies the server by it.
 */
public final class MtlsRestClientCustomizer implements RestClientCustomizer, Ordered {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

	private final Gate gate;

	private final HttpClientSettings settings;

	private final ClientHttpRequestFactory requestFactory;

	/**
	 * Create a customizer.
	 * @param gate the client's gate
	 * @param settings the settings for all HTTP clients of the application; where they
	 * are silent connecting may take 10 seconds and reading 30
	 */
	public MtlsRestClientCustomizer(Gate gate, HttpClientSettings settings) {
		this.gate = gate;
		this.settings = settings.withSslBundle(null)
			.withTimeouts(Objects.requireNonNullElse(settings.connectTimeout(), CONNECT_TIMEOUT),
					Objects.requireNonNullElse(settings.readTimeout(), READ_TIMEOUT));
		this.requestFactory = new GateClientHttpRequestFactory(gate, this::createRequestFactory);
	}

	@Override
	public void customize(RestClient.Builder builder) {
		builder.requestFactory(this.requestFactory);
	}

	/**
	 * Before customizers of the application that name no order, which may replace the
	 * request factory.
	 */
	@Override
	public int getOrder() {
		return 0;
	}

	private JdkClientHttpRequestFactory createRequestFactory() {
		SSLParameters parameters = new SSLParameters();
		this.gate.settings().tls().applyTo(parameters);
		return ClientHttpRequestFactoryBuilder.jdk()
			.withHttpClientCustomizer(
					(client) -> client.sslContext(this.gate.standaloneSslContext()).sslParameters(parameters))
			.build(this.settings);
	}

}
