package dev.mtls.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.address.AddressSet;
import dev.mtls.boot.forwarded.ForwardedPeers;
import dev.mtls.boot.limit.RequestRate;
import dev.mtls.boot.web.ExcludedPaths;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.policy.ProxyPolicy;

/**
 * Mutual TLS of the web server. A key that does not exist fails the start, because a
 * misspelt rule would be no rule.
 *
 * @param enabled Whether the web server speaks mutual TLS. On when any key is set.
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
 * globs.
 * @param trustDomains Trust anchors of SPIFFE trust domains, by the name of the trust
 * domain in brackets. Once there are any, a spiffe: rule matches only a client whose path
 * ends in an anchor of its trust domain.
 * @param requiredPolicies Object identifiers of certificate policies of which a client's
 * path must assert one. None if not set.
 * @param protocols TLS protocols that may be negotiated.
 * @param ciphers Cipher suites that may be negotiated. By default those with forward
 * secrecy and authenticated encryption.
 * @param namedGroups Named groups that may be negotiated. Needs JDK 20 or newer.
 * @param clientAuth Whether a client needs a certificate. It does if not set, but for the
 * paths that are excluded.
 * @param excludedPaths Patterns of paths that need no certificate, such as /public/**.
 * Everything else still does. Implies client-auth=want.
 * @param excludeProbes Whether the liveness and readiness probes of Actuator need no
 * certificate on the port of the application. Implies client-auth=want.
 * @param mode Whether a client that the rules refuse stays out, or is only reported.
 * @param allowedNetworks Networks in CIDR notation from which clients may connect, or
 * file: locations with one a line. Any if not set.
 * @param allowedClients Identity patterns of clients that get in, or file: locations with
 * one a line. Any trusted certificate if not set.
 * @param pins Keys (spki-sha256:) and certificates (cert-sha256:) of which a client's
 * path must hold one, or file: locations with one a line.
 * @param authorities What clients may do, each as pattern = AUTHORITY, …, or file:
 * locations with one a line.
 * @param limits What a client may use up.
 * @param rateLimit How many requests may be made with one certificate.
 * @param revocation Where to learn whether a client's certificate is revoked.
 * @param ocspStapling Whether to send an OCSP response with the server's certificate. By
 * Netty with netty-tcnative, or by the JDK where a system property has it do so.
 * @param forwarded Which proxies may forward the certificate of a client. None if not
 * set.
 * @param proxyProtocol Which proxies tell with the PROXY protocol who connected to them.
 * It is not spoken if not set.
 */
@ConfigurationProperties(prefix = MtlsServerProperties.PREFIX, ignoreUnknownFields = false)
record MtlsServerProperties(@Nullable Boolean enabled, @Nullable String bundle, @Nullable String certificate,
		@Nullable String privateKey, @Nullable String privateKeyPassword,
		@DefaultValue("false") boolean strictPermissions,
		@NestedConfigurationProperty @DefaultValue KeyStoreProperties keyStore,
		@NestedConfigurationProperty @DefaultValue TrustStoreProperties trustStore,
		@Nullable List<String> trustCertificates, @DefaultValue Map<String, TrustDomainProperties> trustDomains,
		@Nullable List<String> requiredPolicies, @DefaultValue List<String> protocols,
		@DefaultValue List<String> ciphers, @DefaultValue List<String> namedGroups, @Nullable ClientAuth clientAuth,
		@DefaultValue List<String> excludedPaths, @DefaultValue("false") boolean excludeProbes,
		@DefaultValue("enforce") Mode mode, @Nullable List<String> allowedNetworks,
		@Nullable List<String> allowedClients, @Nullable List<String> pins, @Nullable List<String> authorities,
		@NestedConfigurationProperty @DefaultValue LimitsProperties limits,
		@NestedConfigurationProperty @Nullable RateLimitProperties rateLimit,
		@NestedConfigurationProperty @DefaultValue RevocationProperties revocation,
		@DefaultValue("false") boolean ocspStapling,
		@NestedConfigurationProperty @Nullable ForwardedProperties forwarded,
		@NestedConfigurationProperty @Nullable ProxyProtocolProperties proxyProtocol) {

	static final String PREFIX = "mtls.server";

	GateSettings gateSettings(String prefix, SslOptions bundleOptions, boolean keyRequired) {
		checkRateLimit(prefix);
		checkOcspStapling(prefix, keyRequired);
		checkProxyProtocol(prefix, keyRequired);
		checkExclusions(prefix);
		String name = prefix.substring(prefix.lastIndexOf('.') + 1);
		GateSettings settings = this.limits
			.applyTo(gateSettings(prefix, name, certificateRequired(), bundleOptions), prefix)
			.withProxies(proxies(prefix));
		return keyRequired ? settings : settings.withoutOwnKey();
	}

	// Paths, and the proxies that forward requests, are matters of HTTP
	GateSettings tcpGateSettings(String name, boolean certificateRequired, SslOptions bundleOptions) {
		return gateSettings(PREFIX, name, certificateRequired, bundleOptions);
	}

	private GateSettings gateSettings(String prefix, String name, boolean certificateRequired,
			SslOptions bundleOptions) {
		return GateSettings
			.server(name, certificateRequired,
					TlsProfiles.of(prefix, this.protocols, this.ciphers, this.namedGroups, bundleOptions))
			.withRequiredPolicies(Policies.of(prefix, this.requiredPolicies))
			.withReportOnly(this.mode == Mode.REPORT_ONLY)
			.withRevocation(this.revocation.policy(prefix + ".revocation"))
			.withOcspStapling(this.ocspStapling);
	}

	private boolean certificateRequired() {
		return this.clientAuth != ClientAuth.WANT && !excludesPaths();
	}

	boolean excludesPaths() {
		return !this.excludedPaths.isEmpty() || this.excludeProbes;
	}

	private void checkExclusions(String prefix) {
		if (this.clientAuth == ClientAuth.NEED && excludesPaths()) {
			String exclusion = this.excludeProbes ? "exclude-probes" : "excluded-paths";
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, prefix + ".client-auth=need",
					"a client without certificate could not connect, and so not ask for what %s.%s leaves open"
						.formatted(prefix, exclusion),
					"remove it, as everything else needs a certificate all the same, or remove " + exclusion);
		}
	}

	// No filter counts the requests of a management port
	private void checkRateLimit(String prefix) {
		if (this.rateLimit == null) {
			return;
		}
		if (!prefix.equals(PREFIX)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".rate-limit",
					"requests are counted on the port of the application only",
					"remove it, or set %s.rate-limit".formatted(PREFIX));
		}
		this.rateLimit.requestRate(prefix + ".rate-limit");
	}

	// No filter reads what proxies say to a management port
	ProxyPolicy proxies(String prefix) {
		if (this.forwarded == null) {
			return ProxyPolicy.NONE;
		}
		if (!prefix.equals(PREFIX)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".forwarded",
					"proxies are read on the port of the application only",
					"remove it, or set %s.forwarded".formatted(PREFIX));
		}
		return this.forwarded.policy(prefix + ".forwarded");
	}

	private void checkOcspStapling(String prefix, boolean ownServer) {
		if (this.ocspStapling && !ownServer) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, prefix + ".ocsp-stapling=true",
					"the server that this application is deployed to speaks TLS, and it alone could staple",
					"remove it, and have that server staple");
		}
	}

	private void checkProxyProtocol(String prefix, boolean ownServer) {
		if (proxyProtocolNetworks(prefix) != null && !ownServer) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, prefix + ".proxy-protocol",
					"the server that this application is deployed to accepts connections, and it alone could speak it",
					"remove it, and have that server speak it");
		}
	}

	@Nullable AddressSet proxyProtocolNetworks(String prefix) {
		return (this.proxyProtocol != null) ? this.proxyProtocol.networks(prefix + ".proxy-protocol") : null;
	}

	ForwardedPeers forwardedPeers(Gate gate, ExcludedPaths excludedPaths) {
		ForwardedProperties proxies = Objects.requireNonNull(this.forwarded);
		return new ForwardedPeers(gate, proxies.chain(), proxies.address(gate.settings().proxies()), excludedPaths);
	}

	RequestRate requestRate(String prefix) {
		return Objects.requireNonNull(this.rateLimit).requestRate(prefix + ".rate-limit");
	}

	SnapshotLocations locations(String prefix) {
		SnapshotLocationsBuilder locations = SnapshotLocations.builder(prefix)
			.pem(this.certificate, this.privateKey, this.privateKeyPassword)
			.strictPermissions(this.strictPermissions)
			.trustCertificates(this.trustCertificates)
			.trustDomains(TrustDomainProperties.locations(this.trustDomains))
			.trustStore(this.trustStore.location(), this.trustStore.type(), this.trustStore.password())
			.allowedNetworks(this.allowedNetworks)
			.allowedPeers("allowed-clients", this.allowedClients)
			.pins(this.pins)
			.crls(this.revocation.files())
			.authorities(this.authorities);
		this.keyStore.addTo(locations, prefix);
		return locations.build();
	}

	@Override
	public String toString() {
		return "MtlsServerProperties[bundle=%s, keyStore=%s]".formatted(this.bundle, this.keyStore);
	}

	/**
	 * What happens to a client that the rules refuse.
	 */
	enum Mode {

		/**
		 * It stays out.
		 */
		ENFORCE,

		/**
		 * It gets in, and the denial is reported. Never covers path validation or the
		 * kill switch.
		 */
		REPORT_ONLY

	}

	/**
	 * Whether a client needs a certificate.
	 */
	enum ClientAuth {

		/**
		 * A client without certificate is refused.
		 */
		NEED,

		/**
		 * A client without certificate gets in and is anonymous. A certificate that is
		 * presented must pass everything.
		 */
		WANT

	}

}
