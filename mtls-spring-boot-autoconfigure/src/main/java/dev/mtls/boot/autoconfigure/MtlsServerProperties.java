package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;

/**
 * Mutual TLS of the web server. A key that does not exist fails the start, because a
 * misspelt rule would be no rule.
 *
 * @param enabled whether the web server speaks mutual TLS; on when any key is set
 * @param bundle name of an existing SSL bundle to take key, chain and trust from
 * @param certificate location of the certificate and its chain as PEM
 * @param privateKey location of the private key as PEM: PKCS#8, PKCS#1 or SEC1, which may
 * be encrypted
 * @param privateKeyPassword password of an encrypted private key
 * @param strictPermissions whether to fail, instead of warn, when others than its owner
 * can read the private key file
 * @param keyStore key store with key and chain, in place of certificate and private key
 * @param trustStore key store with trust anchors, beside or in place of trust
 * certificates
 * @param trustCertificates locations of trust anchors: files, directories, globs
 * @param protocols TLS protocols that may be negotiated
 * @param ciphers cipher suites that may be negotiated; by default those with forward
 * secrecy and authenticated encryption
 * @param namedGroups named groups that may be negotiated; needs JDK 20 or newer
 * @param clientAuth whether a client needs a certificate
 * @param mode whether a client that the rules refuse stays out, or is only reported
 * @param allowedNetworks networks from which clients may connect, or file: locations with
 * one a line; any if not set
 * @param allowedClients identity patterns of clients that get in, or file: locations with
 * one a line; any trusted certificate if not set
 * @param pins keys (spki-sha256:) and certificates (cert-sha256:) of which a client's
 * path must hold one, or file: locations with one a line
 * @param authorities what clients may do, each as pattern = AUTHORITY, …, or file:
 * locations with one a line
 * @param limits what a client may use up
 */
@ConfigurationProperties(prefix = MtlsServerProperties.PREFIX, ignoreUnknownFields = false)
record MtlsServerProperties(@Nullable Boolean enabled, @Nullable String bundle, @Nullable String certificate,
		@Nullable String privateKey, @Nullable String privateKeyPassword,
		@DefaultValue("false") boolean strictPermissions, @DefaultValue KeyStoreProperties keyStore,
		@DefaultValue TrustStoreProperties trustStore, @Nullable List<String> trustCertificates,
		@DefaultValue List<String> protocols, @DefaultValue List<String> ciphers,
		@DefaultValue List<String> namedGroups, @DefaultValue("need") ClientAuth clientAuth,
		@DefaultValue("enforce") Mode mode, @Nullable List<String> allowedNetworks,
		@Nullable List<String> allowedClients, @Nullable List<String> pins, @Nullable List<String> authorities,
		@DefaultValue LimitsProperties limits) {

	static final String PREFIX = "mtls.server";

	GateSettings gateSettings() {
		return GateSettings
			.server(this.clientAuth == ClientAuth.NEED,
					TlsProfiles.of(PREFIX, this.protocols, this.ciphers, this.namedGroups))
			.withReportOnly(this.mode == Mode.REPORT_ONLY)
			.withHandshakeTimeout(this.limits.handshakeTimeout());
	}

	SnapshotLocations locations() {
		return SnapshotLocations.builder(PREFIX)
			.pem(this.certificate, this.privateKey, this.privateKeyPassword)
			.strictPermissions(this.strictPermissions)
			.keyStore(this.keyStore.location(), this.keyStore.type(), this.keyStore.password(),
					this.keyStore.keyPassword(), this.keyStore.alias())
			.trustCertificates(this.trustCertificates)
			.trustStore(this.trustStore.location(), this.trustStore.type(), this.trustStore.password())
			.allowedNetworks(this.allowedNetworks)
			.allowedPeers("allowed-clients", this.allowedClients)
			.pins(this.pins)
			.authorities(this.authorities)
			.build();
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
