package dev.mtls.boot.bundle;

import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Snapshot;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.gate.SnapshotSource;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.KeyStoreMaterial;
import dev.mtls.material.TrustMaterial;
import dev.mtls.source.ContentHash;

/**
 * {@link SnapshotSource} that takes key, chain and trust from an SSL bundle of the
 * application, and the rules from configuration.
 */
public final class BundleSnapshotSource implements SnapshotSource {

	private final SslBundles bundles;

	private final String bundle;

	private final SnapshotLocations rules;

	private final String place;

	/**
	 * Create a source.
	 * @param bundles the application's bundles
	 * @param bundle the name of the bundle
	 * @param rules the rules, without locations of material
	 * @throws MtlsException if material is configured beside the bundle
	 */
	public BundleSnapshotSource(SslBundles bundles, String bundle, SnapshotLocations rules) {
		this.bundles = bundles;
		this.bundle = bundle;
		this.rules = rules;
		this.place = "%s.bundle=%s".formatted(rules.prefix(), bundle);
		if (rules.hasMaterial()) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.place,
					"a certificate, private key, key store or trust is set as well",
					"remove them, or remove the bundle");
		}
	}

	@Override
	public Reading read() {
		SslBundle current = bundle();
		KeyStore keyStore = current.getStores().getKeyStore();
		KeyStore trustStore = current.getStores().getTrustStore();
		if (trustStore == null) {
			throw new MtlsException(Reason.TRUST_MISSING, this.place, "the bundle has no trust store",
					"give the bundle the certificate of the CA that issues your peers' certificates");
		}
		KeyMaterial key = (keyStore != null)
				? KeyStoreMaterial.of(this.place, keyStore).keyMaterial(current.getKey().getAlias(), password(current))
				: null;
		TrustMaterial trust = KeyStoreMaterial.of(this.place, trustStore).trustMaterial();
		return new BundleReading(new Snapshot(key, trust, this.rules.rules(), List.of()));
	}

	private SslBundle bundle() {
		try {
			return this.bundles.getBundle(this.bundle);
		}
		catch (NoSuchSslBundleException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, this.place, "there is no such bundle",
					"choose from %s".formatted(this.bundles.getBundleNames()), ex);
		}
	}

	private static char @Nullable [] password(SslBundle bundle) {
		String password = bundle.getKey().getPassword();
		if (password == null) {
			password = bundle.getStores().getKeyStorePassword();
		}
		return (password != null) ? password.toCharArray() : null;
	}

	/**
	 * A snapshot of the bundle's stores. Its hash is that of the certificates: a key
	 * cannot change without its certificate.
	 */
	private record BundleReading(Snapshot snapshot) implements Reading {

		@Override
		public ContentHash hash() {
			try {
				MessageDigest digest = MessageDigest.getInstance("SHA-256");
				KeyMaterial key = this.snapshot.key();
				for (X509Certificate certificate : (key != null) ? key.chain() : List.<X509Certificate>of()) {
					digest.update(certificate.getEncoded());
				}
				digest.update((byte) 0);
				for (X509Certificate certificate : this.snapshot.trust().anchors()) {
					digest.update(certificate.getEncoded());
				}
				return new ContentHash(HexFormat.of().formatHex(digest.digest()));
			}
			catch (NoSuchAlgorithmException | CertificateEncodingException ex) {
				throw new IllegalStateException("Certificates cannot be hashed", ex);
			}
		}

		@Override
		public Snapshot parse() {
			return this.snapshot;
		}

		@Override
		public void close() {
		}

	}

}
