package dev.mtls.tls;

import java.security.KeyStore;
import java.security.Provider;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;

import org.jspecify.annotations.Nullable;

/**
 * {@link KeyManagerFactory} with one key manager.
 */
public final class FixedKeyManagerFactory extends KeyManagerFactory {

	/**
	 * Create a factory.
	 * @param keyManager the key manager
	 */
	public FixedKeyManagerFactory(KeyManager keyManager) {
		super(new Spi(keyManager), new MtlsProvider(), "mtls");
	}

	private static final class Spi extends KeyManagerFactorySpi {

		private final KeyManager keyManager;

		private Spi(KeyManager keyManager) {
			this.keyManager = keyManager;
		}

		@Override
		protected void engineInit(@Nullable KeyStore keyStore, char @Nullable [] password) {
		}

		@Override
		protected void engineInit(@Nullable ManagerFactoryParameters parameters) {
		}

		@Override
		protected KeyManager[] engineGetKeyManagers() {
			return new KeyManager[] { this.keyManager };
		}

	}

	/**
	 * The {@link Provider} that a factory has to name. It is never registered.
	 */
	static final class MtlsProvider extends Provider {

		MtlsProvider() {
			super("mtls", "1", "Managers that follow a gate");
		}

	}

}
