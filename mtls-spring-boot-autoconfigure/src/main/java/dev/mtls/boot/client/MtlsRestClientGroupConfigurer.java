package dev.mtls.boot.client;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * {@link RestClientHttpServiceGroupConfigurer} that has the clients of a group use its
 * identity, with the settings of the group.
 */
public final class MtlsRestClientGroupConfigurer implements RestClientHttpServiceGroupConfigurer {

	private final ImperativeClients clients;

	private final ServiceGroups groups;

	/**
	 * Create a configurer.
	 * @param clients makes request factories
	 * @param groups tells the identity of each group
	 */
	public MtlsRestClientGroupConfigurer(ImperativeClients clients, ServiceGroups groups) {
		this.clients = clients;
		this.groups = groups;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
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
