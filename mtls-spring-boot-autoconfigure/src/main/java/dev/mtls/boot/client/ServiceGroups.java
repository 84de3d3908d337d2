package dev.mtls.boot.client;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.web.service.registry.HttpServiceGroupConfigurer.Groups;

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

	/**
	 * Configure the clients of groups.
	 * @param <B> the type of their builders
	 * @param groups the groups
	 * @param withIdentity has a builder make clients of an identity
	 * @param withoutIdentity has a builder make clients of none
	 */
	<B> void configure(Groups<B> groups, Configuration<B> withIdentity,
			BiConsumer<B, HttpClientSettings> withoutIdentity) {
		groups.forEachClient((group, builder) -> {
			HttpClientSettings settings = this.mapper.map(this.properties.get(group.name()));
			MtlsClient client = identity(group.name());
			if (client != null) {
				withIdentity.apply(builder, client, settings);
			}
			else if (this.standardApplies) {
				// Our customizer of all builders does not know groups
				withoutIdentity.accept(builder, settings);
			}
		});
	}

	private @Nullable MtlsClient identity(String group) {
		MtlsClient named = this.identities.find(group);
		if (named != null) {
			return named;
		}
		return (this.standardApplies && !hasBundle(group)) ? this.identities.standard() : null;
	}

	// A bundle for all clients is no reason, as it is none to the builders
	private boolean hasBundle(String group) {
		HttpClientProperties own = this.properties.get(group);
		return own != null && own.getSsl().getBundle() != null;
	}

	/**
	 * Has a builder make clients of an identity.
	 *
	 * @param <B> the type of the builder
	 */
	@FunctionalInterface
	interface Configuration<B> {

		void apply(B builder, MtlsClient client, HttpClientSettings settings);

	}

}
