package dev.mtls.tls;

import java.security.KeyStore;

import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

import org.jspecify.annotations.Nullable;

/**
 * {@link TrustManagerFactory} with one trust manager.
 */
public final class FixedTrustManagerFactory extends TrustManagerFactory {

	/**
	 * Create a factory.
	 * @param trustManager the trust manager
	 */
	public FixedTrustManagerFactory(TrustManager trustManager) {
		super(new Spi(trustManager), new FixedKeyManagerFactory.MtlsProvider(), "mtls");
	}

	private static final class Spi extends TrustManagerFactorySpi {

		private final TrustManager trustManager;

		private Spi(TrustManager trustManager) {
			this.trustManager = trustManager;
		}

		@Override
		protected void engineInit(@Nullable KeyStore keyStore) {
		}

		@Override
		protected void engineInit(@Nullable ManagerFactoryParameters parameters) {
		}

		@Override
		protected TrustManager[] engineGetTrustManagers() {
			return new TrustManager[] { this.trustManager };
		}

	}

}
