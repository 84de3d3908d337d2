package dev.mtls.boot.bundle;

import java.security.KeyStore;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Material;
import dev.mtls.material.KeyMaterial;
import dev.mtls.material.KeyStoreMaterial;

/**
 * Key, chain and trust of an SSL bundle of the application, as they are now.
 */
public final class BundleMaterial implements Supplier<Material> {

	private final SslBundles bundles;

	private final String name;

	private final String place;

	private final String own;

	/**
	 * Create the material of a bundle.
	 * @param bundles the application's bundles
	 * @param name the name of the bundle
	 * @param property the property that names it
	 */
	public BundleMaterial(SslBundles bundles, String name, String property) {
		this.bundles = bundles;
		this.name = name;
		this.place = "%s=%s".formatted(property, name);
		this.own = property.substring(0, property.lastIndexOf('.')).replace('.', '-');
	}

	/**
	 * The options of the bundle.
	 * @return protocols and cipher suites, where it restricts them
	 * @throws MtlsException if there is no such bundle
	 */
	public SslOptions options() {
		return usable(SslBundle::getOptions);
	}

	@Override
	public Material get() {
		return usable(this::material);
	}

	private Material material(SslBundle bundle) {
		KeyStore keyStore = bundle.getStores().getKeyStore();
		KeyStore trustStore = bundle.getStores().getTrustStore();
		if (trustStore == null) {
			throw new MtlsException(Reason.TRUST_MISSING, this.place, "the bundle has no trust store",
					"give the bundle the certificate of the CA that issues your peers' certificates");
		}
		KeyMaterial key = (keyStore != null)
				? KeyStoreMaterial.of(this.place, keyStore).keyMaterial(bundle.getKey().getAlias(), password(bundle))
				: null;
		return new Material(key, KeyStoreMaterial.of(this.place, trustStore).trustMaterial());
	}

	private <T> T usable(Function<SslBundle, T> use) {
		try {
			return use.apply(this.bundles.getBundle(this.name));
		}
		catch (MtlsException ex) {
			throw ex;
		}
		catch (NoSuchSslBundleException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, this.place, "there is no such bundle",
					"choose from %s".formatted(choices()), ex);
		}
		catch (BeanCurrentlyInCreationException ex) {
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, this.place,
					"the bundle takes its material from here", "name a bundle of spring.ssl.bundle", ex);
		}
		catch (RuntimeException ex) {
			// A bundle reads its files when they are first asked for
			throw new MtlsException(Reason.MATERIAL_INVALID, this.place,
					"the bundle cannot be used: " + ex.getMessage(), "correct spring.ssl.bundle.*." + this.name, ex);
		}
	}

	// The bundle that stands for what is configured here cannot be its source
	private List<String> choices() {
		return this.bundles.getBundleNames().stream().filter((name) -> !name.equals(this.own)).sorted().toList();
	}

	private static char @Nullable [] password(SslBundle bundle) {
		String password = bundle.getKey().getPassword();
		if (password == null) {
			password = bundle.getStores().getKeyStorePassword();
		}
		return (password != null) ? password.toCharArray() : null;
	}

}
