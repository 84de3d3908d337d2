package dev.mtls.boot.client;

import java.util.function.Supplier;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link MtlsWebClients} of the application's identities.
 */
public final class DefaultMtlsWebClients implements MtlsWebClients {

	private final ClientIdentities identities;

	private final ReactiveClients clients;

	private final Supplier<WebClient.Builder> builders;

	/**
	 * Create it.
	 * @param identities the identities
	 * @param clients makes connectors
	 * @param builders gives builders with what the application has set up for all
	 */
	public DefaultMtlsWebClients(ClientIdentities identities, ReactiveClients clients,
			Supplier<WebClient.Builder> builders) {
		this.identities = identities;
		this.clients = clients;
		this.builders = builders;
	}

	@Override
	public WebClient webClient(String name) {
		MtlsClient client = this.identities.get(name);
		WebClient.Builder builder = this.builders.get();
		this.clients.configure(builder, client);
		return builder.build();
	}

}
