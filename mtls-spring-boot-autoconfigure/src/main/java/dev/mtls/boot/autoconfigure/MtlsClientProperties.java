package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocations;

/**
 * Mutual TLS of the application's HTTP clients. A key that does not exist fails the
 * start, because a misspelt rule would be no rule.
 *
 * @param enabled whether the HTTP clients speak mutual TLS; on when any key is set
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
 * @param serverCheck what a server's certificate is checked for beside its path
 * @param allowedServers identity patterns of servers that may be talked to; any trusted
 * certificate with the right name if not set
 * @param pins keys (spki-sha256:) and certificates (cert-sha256:) of which a server's
 * path must hold one, or file: locations with one a line
 */
@ConfigurationProperties(prefix = MtlsClientProperties.PREFIX, ignoreUnknownFields = false)
record MtlsClientProperties(@Nullable Boolean enabled, @Nullable String bundle, @Nullable String certificate,
		@Nullable String privateKey, @Nullable String privateKeyPassword,
		@DefaultValue("false") boolean strictPermissions, @DefaultValue KeyStoreProperties keyStore,
		@DefaultValue TrustStoreProperties trustStore, @Nullable List<String> trustCertificates,
		@DefaultValue List<String> protocols, @DefaultValue List<String> ciphers,
		@DefaultValue List<String> namedGroups, @DefaultValue("hostname") ServerCheck serverCheck,
		@Nullable List<String> allowedServers, @Nullable List<String> pins) {

	static final String PREFIX = "mtls.client";

	GateSettings gateSettings() {
		if (this.serverCheck == ServerCheck.IDENTITY && this.allowedServers == null) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, PREFIX + ".server-check=identity",
					"no server would be told from another, because " + PREFIX + ".allowed-servers is not set",
					"set allowed-servers, or server-check to 'hostname'");
		}
		return GateSettings.client("client", this.serverCheck != ServerCheck.IDENTITY,
				TlsProfiles.of(PREFIX, this.protocols, this.ciphers, this.namedGroups));
	}

	SnapshotLocations locations() {
		return SnapshotLocations.builder(PREFIX)
			.pem(this.certificate, this.privateKey, this.privateKeyPassword)
			.strictPermissions(this.strictPermissions)
			.keyStore(this.keyStore.location(), this.keyStore.type(), this.keyStore.password(),
					this.keyStore.keyPassword(), this.keyStore.alias())
			.trustCertificates(this.trustCertificates)
			.trustStore(this.trustStore.location(), this.trustStore.type(), this.trustStore.password())
			.allowedPeers("allowed-servers", this.allowedServers)
			.pins(this.pins)
			.build();
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
