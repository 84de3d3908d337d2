package dev.mtls.boot.client;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;

/**
 * Which identity the HTTP service clients of a group use: the one of the group's name,
 * else the application's, unless the group names an SSL bundle of its own.
 */
public final class ServiceGroups {

	private final ClientIdentities identities;

	private final boolean standardApplies;

	private final HttpServiceClientProperties properties;

	private final HttpClientSettingsPropertyMapper mapper;

	/**
	 * Create it.
	 * @param identities the identities
	 * @param standardApplies whether groups without a name of ours use that of
	 * {@code mtls.client}
	 * @param properties the properties of the groups
	 * @param sslBundles the SSL bundles that they may name
	 * @param settings the settings for all HTTP clients of the application
	 */
	public ServiceGroups(ClientIdentities identities, boolean standardApplies, HttpServiceClientProperties properties,
			@Nullable SslBundles sslBundles, HttpClientSettings settings) {
		this.identities = identities;
		this.standardApplies = standardApplies && identities.standard() != null;
		this.properties = properties;
		this.mapper = new HttpClientSettingsPropertyMapper(sslBundles, settings);
	}

	boolean standardApplies() {
		return this.standardApplies;
	}

	HttpClientSettings settings(String group) {
		return this.mapper.map(this.properties.get(group));
	}

	/**
	 * The identity of a group.
	 * @param group the name of the group
	 * @return the identity, or {@code null} if the group uses none of ours
	 */
	@Nullable MtlsClient identity(String group) {
		MtlsClient named = this.identities.find(group);
		if (named != null) {
			return named;
		}
		return (this.standardApplies && settings(group).sslBundle() == null) ? this.identities.standard() : null;
	}

}
