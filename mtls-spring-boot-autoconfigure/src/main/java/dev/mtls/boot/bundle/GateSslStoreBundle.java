package dev.mtls.boot.bundle;

import java.security.KeyStore;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslStoreBundle;

import dev.mtls.gate.Gate;
import dev.mtls.material.KeyMaterial;

/**
 * {@link SslStoreBundle} over a {@link Gate}: the stores are made of the current snapshot
 * whenever they are asked for.
 */
final class GateSslStoreBundle implements SslStoreBundle {

	/**
	 * The password of the key store, which exists in memory only. It guards nothing, but
	 * some stacks insist on one.
	 */
	static final String PASSWORD = "mtls";

	private final Supplier<Gate> gate;

	GateSslStoreBundle(Supplier<Gate> gate) {
		this.gate = gate;
	}

	@Override
	public @Nullable KeyStore getKeyStore() {
		KeyMaterial key = this.gate.get().snapshot().key();
		return (key != null) ? key.toKeyStore(PASSWORD.toCharArray()) : null;
	}

	@Override
	public String getKeyStorePassword() {
		return PASSWORD;
	}

	@Override
	public KeyStore getTrustStore() {
		return this.gate.get().snapshot().trust().toKeyStore();
	}

}
