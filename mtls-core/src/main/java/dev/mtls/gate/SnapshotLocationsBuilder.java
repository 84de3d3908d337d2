package dev.mtls.gate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressSet;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.identity.IdentityPattern;
import dev.mtls.policy.AccessPolicy;

/**
 * Builds {@link SnapshotLocations} from the text of properties. What is {@code null} is
 * not configured.
 */
public final class SnapshotLocationsBuilder {

	private final String prefix;

	private @Nullable KeyLocation pem;

	private @Nullable KeyLocation store;

	private @Nullable List<String> trustCertificates;

	private @Nullable StoreLocation trustStore;

	private @Nullable AddressSet allowedNetworks;

	private @Nullable List<IdentityPattern> allowedPeers;

	private boolean strictPermissions;

	SnapshotLocationsBuilder(String prefix) {
		this.prefix = prefix;
	}

	/**
	 * Take key and chain from PEM.
	 * @param certificate the location of the chain
	 * @param privateKey the location of the private key
	 * @param password the password of the private key
	 * @return this builder
	 */
	public SnapshotLocationsBuilder pem(@Nullable String certificate, @Nullable String privateKey,
			@Nullable String password) {
		this.pem = KeyLocation.Pem.of(this.prefix, certificate, privateKey, password);
		return this;
	}

	/**
	 * Take key and chain from a key store.
	 * @param location the location of the store
	 * @param type the type of the store
	 * @param password the password of the store
	 * @param keyPassword the password of the key, if it is not that of the store
	 * @param alias the alias of the key, if the store holds several
	 * @return this builder
	 */
	public SnapshotLocationsBuilder keyStore(@Nullable String location, String type, @Nullable String password,
			@Nullable String keyPassword, @Nullable String alias) {
		StoreLocation found = StoreLocation.of(this.prefix + ".key-store", location, type, password);
		this.store = (found != null) ? new KeyLocation.Store(found, keyPassword, alias) : null;
		return this;
	}

	/**
	 * Whether to refuse, instead of warn of, a private key that others can read.
	 * @param strictPermissions whether to refuse it
	 * @return this builder
	 */
	public SnapshotLocationsBuilder strictPermissions(boolean strictPermissions) {
		this.strictPermissions = strictPermissions;
		return this;
	}

	/**
	 * Take trust anchors from certificates.
	 * @param locations files, directories or globs, each perhaps {@code optional:}
	 * @return this builder
	 */
	public SnapshotLocationsBuilder trustCertificates(@Nullable List<String> locations) {
		this.trustCertificates = locations;
		return this;
	}

	/**
	 * Take trust anchors from a key store.
	 * @param location the location of the store
	 * @param type the type of the store
	 * @param password the password of the store
	 * @return this builder
	 */
	public SnapshotLocationsBuilder trustStore(@Nullable String location, String type, @Nullable String password) {
		this.trustStore = StoreLocation.of(this.prefix + ".trust-store", location, type, password);
		return this;
	}

	/**
	 * Allow peers in these networks only.
	 * @param networks networks in CIDR notation, or addresses
	 * @return this builder
	 * @throws MtlsException if one of them is none, or if there is none
	 */
	public SnapshotLocationsBuilder allowedNetworks(@Nullable List<String> networks) {
		if (networks == null) {
			return this;
		}
		String property = this.prefix + ".allowed-networks";
		checkNotEmpty(property, networks);
		try {
			AddressSet.Builder addresses = AddressSet.builder();
			networks.forEach(addresses::add);
			this.allowedNetworks = addresses.build();
			return this;
		}
		catch (MtlsException ex) {
			throw ex.at(property);
		}
	}

	/**
	 * Allow peers with these identities only.
	 * @param key the last part of the property's name, such as {@code allowed-clients}
	 * @param patterns identity patterns
	 * @return this builder
	 * @throws MtlsException if one of them is none, or if there is none
	 */
	public SnapshotLocationsBuilder allowedPeers(String key, @Nullable List<String> patterns) {
		if (patterns == null) {
			return this;
		}
		String property = "%s.%s".formatted(this.prefix, key);
		checkNotEmpty(property, patterns);
		try {
			List<IdentityPattern> parsed = new ArrayList<>();
			patterns.forEach((pattern) -> parsed.add(IdentityPattern.parse(pattern)));
			this.allowedPeers = parsed;
			return this;
		}
		catch (MtlsException ex) {
			throw ex.at(property);
		}
	}

	/**
	 * Build the locations.
	 * @return the locations
	 * @throws MtlsException if they contradict each other
	 */
	public SnapshotLocations build() {
		if (this.pem != null && this.store != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.prefix + ".key-store.location",
					"%s.certificate is set as well, and only one of them can be used".formatted(this.prefix),
					"remove one of them");
		}
		KeyLocation key = (this.pem != null) ? this.pem : this.store;
		TrustLocation trust = TrustLocation.of(this.prefix, this.trustCertificates, this.trustStore);
		return new SnapshotLocations(this.prefix, key, trust,
				Rules.of(new AccessPolicy(this.allowedNetworks, this.allowedPeers)), this.strictPermissions);
	}

	private static void checkNotEmpty(String property, List<String> rules) {
		if (rules.isEmpty()) {
			throw new MtlsException(Reason.RULES_EMPTY, property, "it is set but holds no rule",
					"add a rule, or remove the property to allow any");
		}
	}

}
