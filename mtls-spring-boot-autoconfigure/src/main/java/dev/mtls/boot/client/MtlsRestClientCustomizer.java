package dev.mtls.boot.client;

import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;

/**
 * {@link RestClientCustomizer} for clients that present the certificate of an identity
 * and verify servers by its rules.
 */
public final class MtlsRestClientCustomizer implements RestClientCustomizer, Ordered {

	private final ImperativeClients clients;

	private final MtlsClient client;

	/**
	 * Create a customizer.
	 * @param clients makes request factories
	 * @param client the identity
	 * @throws dev.mtls.decision.MtlsException if the library of the application cannot do
	 * what is configured, so that the start fails and not the first request
	 */
	public MtlsRestClientCustomizer(ImperativeClients clients, MtlsClient client) {
		this.clients = clients;
		this.client = client;
		clients.prepare(client);
	}

	@Override
	public void customize(RestClient.Builder builder) {
		this.clients.configure(builder, this.client);
	}

	/**
	 * Before customizers of the application that name no order, which may replace the
	 * request factory.
	 */
	@Override
	public int getOrder() {
		return 0;
	}

}
