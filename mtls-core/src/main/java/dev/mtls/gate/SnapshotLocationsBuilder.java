package dev.mtls.gate;

import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TokenMaterial;

/**
 * Builds {@link SnapshotLocations} from the text of properties. What is {@code null} is
 * not configured.
 */
public final class SnapshotLocationsBuilder {

	private final String prefix;

	private @Nullable KeyLocation pem;

	private @Nullable KeyLocation store;

	private @Nullable List<String> trustCertificates;

	private boolean systemTrust;

	private @Nullable StoreLocation trustStore;

	private Map<String, List<String>> trustDomains = Map.of();

	private @Nullable RuleLocations networks;

	private @Nullable RuleLocations peers;

	private @Nullable RuleLocations pins;

	private @Nullable RuleLocations authorities;

	private CrlLocations crls = CrlLocations.NONE;

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
	 * Take key and chain from a PKCS#11 token.
	 * @param place the property that says so, such as
	 * {@code mtls.server.key-store.type=PKCS11}
	 * @param provider gives the provider of the token, asked at every look. It has to be
	 * registered with the JVM, because JSSE uses no key of another one
	 * @param pin the PIN of the token
	 * @param alias the alias of the key, if the token holds several
	 * @return this builder
	 */
	public SnapshotLocationsBuilder token(String place, Supplier<Provider> provider, @Nullable String pin,
			@Nullable String alias) {
		this.store = new KeyLocation.Token(new TokenSource(place, provider, pin, alias));
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
	 * Whether {@code system} may stand among the locations of trust certificates, for the
	 * anchors of the Java platform. These issue to everybody, so that they tell servers
	 * by their host names and no clients.
	 * @param systemTrust whether it may
	 * @return this builder
	 */
	public SnapshotLocationsBuilder systemTrust(boolean systemTrust) {
		this.systemTrust = systemTrust;
		return this;
	}

	/**
	 * Take trust anchors from a key store.
	 * @param location the location of the store
	 * @param type the type of the store
	 * @param password the password of the store
	 * @return this builder
	 * @throws MtlsException if the store is a token
	 */
	public SnapshotLocationsBuilder trustStore(@Nullable String location, String type, @Nullable String password) {
		if (type.equalsIgnoreCase(TokenMaterial.TYPE)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s.trust-store.type=%s".formatted(this.prefix, type),
					"trust cannot be taken from a token", "set trust-certificates, or use a PKCS12 or JKS trust store");
		}
		this.trustStore = StoreLocation.of(this.prefix + ".trust-store", location, type, password);
		return this;
	}

	/**
	 * Take trust anchors for SPIFFE trust domains: once there are any, a rule about
	 * SPIFFE IDs matches only peers whose path ends in an anchor of its trust domain.
	 * @param trustDomains the files, directories or globs of each trust domain, each
	 * perhaps {@code optional:}
	 * @return this builder
	 */
	public SnapshotLocationsBuilder trustDomains(Map<String, List<String>> trustDomains) {
		this.trustDomains = Map.copyOf(trustDomains);
		return this;
	}

	/**
	 * Allow peers in these networks only.
	 * @param networks networks in CIDR notation, addresses, or {@code file:} locations of
	 * such
	 * @return this builder
	 */
	public SnapshotLocationsBuilder allowedNetworks(@Nullable List<String> networks) {
		this.networks = rules("allowed-networks", networks);
		return this;
	}

	/**
	 * Allow peers with these identities only.
	 * @param key the last part of the property's name, such as {@code allowed-clients}
	 * @param patterns identity patterns, or {@code file:} locations of such
	 * @return this builder
	 */
	public SnapshotLocationsBuilder allowedPeers(String key, @Nullable List<String> patterns) {
		this.peers = rules(key, patterns);
		return this;
	}

	/**
	 * Allow peers only whose path holds one of these keys or certificates.
	 * @param pins pins, or {@code file:} locations of such
	 * @return this builder
	 */
	public SnapshotLocationsBuilder pins(@Nullable List<String> pins) {
		this.pins = rules("pins", pins);
		return this;
	}

	/**
	 * Give authorities by identity.
	 * @param authorities rules, or {@code file:} locations of such
	 * @return this builder
	 * @see dev.mtls.policy.AuthorityRules#parse
	 */
	public SnapshotLocationsBuilder authorities(@Nullable List<String> authorities) {
		this.authorities = rules("authorities", authorities);
		return this;
	}

	/**
	 * Read CRLs.
	 * @param locations files, directories or globs, each perhaps {@code optional:}
	 * @return this builder
	 */
	public SnapshotLocationsBuilder crls(@Nullable List<String> locations) {
		this.crls = CrlLocations.of(this.prefix + ".revocation.crls", locations);
		return this;
	}

	/**
	 * Build the locations.
	 * @return the locations
	 * @throws MtlsException if they contradict each other
	 */
	public SnapshotLocations build() {
		if (this.pem != null && this.store != null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					this.prefix
							+ ((this.store instanceof KeyLocation.Token) ? ".key-store.type" : ".key-store.location"),
					"%s.certificate is set as well, and only one of them can be used".formatted(this.prefix),
					"remove one of them");
		}
		KeyLocation key = (this.pem != null) ? this.pem : this.store;
		TrustLocation trust = TrustLocation.of(this.prefix, this.trustCertificates, this.systemTrust, this.trustStore,
				this.trustDomains);
		return new SnapshotLocations(this.prefix, key, trust,
				new RulesLocation(this.networks, this.peers, this.pins, this.authorities), this.crls,
				this.strictPermissions, false);
	}

	private @Nullable RuleLocations rules(String key, @Nullable List<String> entries) {
		return RuleLocations.of("%s.%s".formatted(this.prefix, key), entries);
	}

}
