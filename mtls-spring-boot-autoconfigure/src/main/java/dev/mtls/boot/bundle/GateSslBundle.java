package dev.mtls.boot.bundle;

import java.util.function.Supplier;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

import dev.mtls.gate.Gate;
import dev.mtls.tls.DelegatingSslContext;
import dev.mtls.tls.FixedKeyManagerFactory;
import dev.mtls.tls.FixedTrustManagerFactory;
import dev.mtls.tls.TlsProfile;

/**
 * {@link SslBundle} over a {@link Gate}: its stores and managers are those of the current
 * snapshot whenever they are asked for, and a context that it made follows every change.
 */
public final class GateSslBundle implements SslBundle {

	private final String name;

	private final Supplier<Gate> gate;

	private final SslStoreBundle stores;

	private final SslManagerBundle managers;

	/**
	 * Create a bundle.
	 * @param name the name of the bundle
	 * @param gate gives the gate, which is not asked for before the bundle is used
	 */
	public GateSslBundle(String name, Supplier<Gate> gate) {
		this.name = name;
		this.gate = gate;
		this.stores = new GateSslStoreBundle(gate);
		this.managers = new GateSslManagerBundle(gate);
	}

	@Override
	public SslStoreBundle getStores() {
		return this.stores;
	}

	@Override
	public SslBundleKey getKey() {
		return SslBundleKey.of(GateSslStoreBundle.PASSWORD);
	}

	@Override
	public SslOptions getOptions() {
		TlsProfile tls = this.gate.get().settings().tls();
		return SslOptions.of(tls.cipherSuites().toArray(String[]::new), tls.protocols().toArray(String[]::new));
	}

	@Override
	public String getProtocol() {
		return SslBundle.DEFAULT_PROTOCOL;
	}

	@Override
	public SslManagerBundle getManagers() {
		return this.managers;
	}

	@Override
	public String toString() {
		return "GateSslBundle[%s]".formatted(this.name);
	}

	/**
	 * {@link SslManagerBundle} over a {@link Gate}.
	 */
	private static final class GateSslManagerBundle implements SslManagerBundle {

		private final Supplier<Gate> gate;

		private GateSslManagerBundle(Supplier<Gate> gate) {
			this.gate = gate;
		}

		@Override
		public KeyManagerFactory getKeyManagerFactory() {
			return new FixedKeyManagerFactory(this.gate.get().keyManager());
		}

		@Override
		public TrustManagerFactory getTrustManagerFactory() {
			return new FixedTrustManagerFactory(this.gate.get().trustManager());
		}

		@Override
		public SSLContext createSslContext(String protocol) {
			return DelegatingSslContext.of(this.gate.get()::standaloneSslContext);
		}

	}

}
