package dev.mtls.boot.client;

import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link WebClientCustomizer} for clients that present the certificate of an identity and
 * verify servers by its rules.
 */
public final class MtlsWebClientCustomizer implements WebClientCustomizer, Ordered {

	private final ReactiveClients clients;

	private final MtlsClient client;

	/**
	 * Create a customizer.
	 * @param clients makes connectors
	 * @param client the identity
	 * @throws dev.mtls.decision.MtlsException if the library of the application cannot do
	 * what is configured, so that the start fails and not the first request
	 */
	public MtlsWebClientCustomizer(ReactiveClients clients, MtlsClient client) {
		this.clients = clients;
		this.client = client;
		clients.prepare(client);
	}

	@Override
	public void customize(WebClient.Builder builder) {
		this.clients.configure(builder, this.client);
	}

	/**
	 * After Spring Boot's, which sets a connector, and before customizers of the
	 * application that name no order, which may replace it.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
