package dev.mtls.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.boot.client.ClientOptions;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;

/**
 * Mutual TLS of the application's HTTP clients. A key that does not exist fails the
 * start, because a misspelt rule would be no rule.
 *
 * @param enabled Whether the HTTP clients speak mutual TLS. On when any key is set.
 * @param bundle Name of an existing SSL bundle to take key, chain and trust from.
 * @param certificate Location of the certificate and its chain as PEM.
 * @param privateKey Location of the private key as PEM: PKCS#8, PKCS#1 or SEC1, which may
 * be encrypted.
 * @param privateKeyPassword Password of an encrypted private key.
 * @param strictPermissions Whether to fail, instead of warn, when others than its owner
 * can read the private key file.
 * @param keyStore Key store with key and chain, in place of certificate and private key.
 * @param trustStore Key store with trust anchors, beside or in place of trust
 * certificates.
 * @param trustCertificates Locations of trust anchors as PEM: files, directories or
 * globs; system for those of the Java platform.
 * @param trustDomains Trust anchors of SPIFFE trust domains, by the name of the trust
 * domain in brackets. Once there are any, a spiffe: rule matches only a server whose path
 * ends in an anchor of its trust domain.
 * @param requiredPolicies Object identifiers of certificate policies of which a server's
 * path must assert one. None if not set.
 * @param protocols TLS protocols that may be negotiated.
 * @param ciphers Cipher suites that may be negotiated. By default those with forward
 * secrecy and authenticated encryption.
 * @param namedGroups Named groups that may be negotiated. Needs JDK 20 or newer.
 * @param serverCheck What a server's certificate is checked for beside its path.
 * @param allowedServers Identity patterns of servers that may be talked to. Any trusted
 * certificate with the right name if not set.
 * @param allowedNetworks Networks in which servers may be, by the address that is
 * connected to, or file: locations with one a line. Any if not set.
 * @param pins Keys (spki-sha256:) and certificates (cert-sha256:) of which a server's
 * path must hold one, or file: locations with one a line.
 * @param revocation Where to learn whether a server's certificate is revoked.
 * @param connectTimeout Time that connecting may take. That of spring.http.clients if not
 * set, or 10 seconds.
 * @param handshakeTimeout Time that a TLS handshake may take.
 * @param readTimeout Time that reading may take. That of spring.http.clients if not set,
 * or 30 seconds.
 * @param pool Connection pools.
 * @param retry Whether and how a request is tried again after its connection failed.
 * @param applyToBuilders Whether the builders of RestClient, RestTemplate and WebClient
 * that Spring Boot offers make such clients.
 */
@ConfigurationProperties(prefix = MtlsClientProperties.PREFIX, ignoreUnknownFields = false)
record MtlsClientProperties(@Nullable Boolean enabled, @Nullable String bundle, @Nullable String certificate,
		@Nullable String privateKey, @Nullable String privateKeyPassword,
		@DefaultValue("false") boolean strictPermissions,
		@NestedConfigurationProperty @DefaultValue KeyStoreProperties keyStore,
		@NestedConfigurationProperty @DefaultValue TrustStoreProperties trustStore,
		@Nullable List<String> trustCertificates, @DefaultValue Map<String, TrustDomainProperties> trustDomains,
		@Nullable List<String> requiredPolicies, @DefaultValue List<String> protocols,
		@DefaultValue List<String> ciphers, @DefaultValue List<String> namedGroups,
		@DefaultValue("hostname") ServerCheck serverCheck, @Nullable List<String> allowedServers,
		@Nullable List<String> allowedNetworks, @Nullable List<String> pins,
		@NestedConfigurationProperty @DefaultValue RevocationProperties revocation, @Nullable Duration connectTimeout,
		@DefaultValue("10s") Duration handshakeTimeout, @Nullable Duration readTimeout,
		@NestedConfigurationProperty @DefaultValue ClientPoolProperties pool,
		@NestedConfigurationProperty @DefaultValue ClientRetryProperties retry,
		@DefaultValue("true") boolean applyToBuilders) {

	static final String PREFIX = "mtls.client";

	GateSettings gateSettings(String prefix, String name, SslOptions bundleOptions) {
		if (this.serverCheck != ServerCheck.HOSTNAME && this.allowedServers == null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT,
					"%s.server-check=%s".formatted(prefix, this.serverCheck.name().toLowerCase(Locale.ROOT)),
					"there is no identity to check, because %s.allowed-servers is not set".formatted(prefix),
					"set allowed-servers, or server-check to 'hostname'");
		}
		return GateSettings
			.client(name, this.serverCheck != ServerCheck.IDENTITY,
					TlsProfiles.of(prefix, this.protocols, this.ciphers, this.namedGroups, bundleOptions))
			.withRevocation(this.revocation.policy(prefix + ".revocation"))
			.withRequiredPolicies(Policies.of(prefix, this.requiredPolicies))
			.withHandshakeTimeout(this.handshakeTimeout);
	}

	ClientOptions options(String prefix) {
		ClientPoolProperties.checkTime(prefix + ".connect-timeout", this.connectTimeout);
		ClientPoolProperties.checkTime(prefix + ".handshake-timeout", this.handshakeTimeout);
		ClientPoolProperties.checkTime(prefix + ".read-timeout", this.readTimeout);
		return new ClientOptions(this.connectTimeout, this.readTimeout, this.pool.pool(prefix),
				this.retry.retry(prefix));
	}

	SnapshotLocations locations(String prefix) {
		SnapshotLocationsBuilder locations = SnapshotLocations.builder(prefix)
			.pem(this.certificate, this.privateKey, this.privateKeyPassword)
			.strictPermissions(this.strictPermissions)
			.trustCertificates(this.trustCertificates)
			.systemTrust(true)
			.trustDomains(TrustDomainProperties.locations(this.trustDomains))
			.trustStore(this.trustStore.location(), this.trustStore.type(), this.trustStore.password())
			.allowedPeers("allowed-servers", this.allowedServers)
			.allowedNetworks(this.allowedNetworks)
			.pins(this.pins)
			.crls(this.revocation.files());
		this.keyStore.addTo(locations, prefix);
		return locations.build();
	}

	@Override
	public String toString() {
		return "MtlsClientProperties[bundle=%s, keyStore=%s]".formatted(this.bundle, this.keyStore);
	}

	/**
	 * What a server's certificate is checked for beside its path.
	 */
	enum ServerCheck {

		/**
		 * It holds the host name that was connected to; allowed servers, where set, count
		 * too.
		 */
		HOSTNAME,

		/**
		 * It holds an allowed identity, whatever the host name.
		 */
		IDENTITY,

		/**
		 * It holds the host name and an allowed identity.
		 */
		BOTH

	}

}
