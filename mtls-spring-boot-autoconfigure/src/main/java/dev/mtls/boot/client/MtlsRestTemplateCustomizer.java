package dev.mtls.boot.client;

import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestTemplate;

/**
 * {@link RestTemplateCustomizer} for templates that present the certificate of an
 * identity and verify servers by its rules.
 */
public final class MtlsRestTemplateCustomizer implements RestTemplateCustomizer, Ordered {

	private final ImperativeClients clients;

	private final MtlsClient client;

	/**
	 * Create a customizer.
	 * @param clients makes request factories
	 * @param client the identity
	 */
	public MtlsRestTemplateCustomizer(ImperativeClients clients, MtlsClient client) {
		this.clients = clients;
		this.client = client;
	}

	@Override
	public void customize(RestTemplate restTemplate) {
		this.clients.configure(restTemplate, this.client);
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
