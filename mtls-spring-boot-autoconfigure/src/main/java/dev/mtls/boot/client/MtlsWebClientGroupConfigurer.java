package dev.mtls.boot.client;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * {@link WebClientHttpServiceGroupConfigurer} that has the clients of a group use its
 * identity, with the settings of the group.
 */
public final class MtlsWebClientGroupConfigurer implements WebClientHttpServiceGroupConfigurer {

	private final ReactiveClients clients;

	private final ServiceGroups groups;

	/**
	 * Create a configurer.
	 * @param clients makes connectors
	 * @param groups tells the identity of each group
	 */
	public MtlsWebClientGroupConfigurer(ReactiveClients clients, ServiceGroups groups) {
		this.clients = clients;
		this.groups = groups;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		this.groups.configure(groups, this.clients::configure, this.clients::configure);
	}

	/**
	 * After Spring Boot's, which apply the settings and the customizers, and before those
	 * of the application.
	 */
	@Override
	public int getOrder() {
		return 1;
	}

}
