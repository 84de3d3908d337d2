package dev.mtls.material;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;

import org.jspecify.annotations.Nullable;

/**
 * {@link KeyStore} in memory that hands out one key as it is. Those of the JDK keep the
 * encoding of a key, which a key on a token has not.
 */
final class SingleKeyStore extends KeyStore {

	private SingleKeyStore(KeyMaterial material) {
		super(new Spi(material), new MemoryProvider(), "mtls");
	}

	static KeyStore of(KeyMaterial material) throws GeneralSecurityException, IOException {
		KeyStore keyStore = new SingleKeyStore(material);
		keyStore.load(null, null);
		return keyStore;
	}

	private static final class Spi extends KeyStoreSpi {

		private final KeyMaterial material;

		private Spi(KeyMaterial material) {
			this.material = material;
		}

		@Override
		public @Nullable Key engineGetKey(String alias, char @Nullable [] password) {
			return engineContainsAlias(alias) ? this.material.privateKey() : null;
		}

		@Override
		public Certificate @Nullable [] engineGetCertificateChain(String alias) {
			return engineContainsAlias(alias) ? this.material.chain().toArray(Certificate[]::new) : null;
		}

		@Override
		public @Nullable Certificate engineGetCertificate(String alias) {
			return engineContainsAlias(alias) ? this.material.leaf() : null;
		}

		@Override
		@SuppressWarnings("JavaUtilDate")
		public @Nullable Date engineGetCreationDate(String alias) {
			return engineContainsAlias(alias) ? new Date(0) : null;
		}

		@Override
		public Enumeration<String> engineAliases() {
			return Collections.enumeration(Collections.singleton(KeyMaterial.ALIAS));
		}

		@Override
		public boolean engineContainsAlias(String alias) {
			return alias.equalsIgnoreCase(KeyMaterial.ALIAS);
		}

		@Override
		public int engineSize() {
			return 1;
		}

		@Override
		public boolean engineIsKeyEntry(String alias) {
			return engineContainsAlias(alias);
		}

		@Override
		public boolean engineIsCertificateEntry(String alias) {
			return false;
		}

		@Override
		public @Nullable String engineGetCertificateAlias(Certificate certificate) {
			return certificate.equals(this.material.leaf()) ? KeyMaterial.ALIAS : null;
		}

		@Override
		public void engineSetKeyEntry(String alias, Key key, char @Nullable [] password, Certificate[] chain)
				throws KeyStoreException {
			throw readOnly();
		}

		@Override
		public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) throws KeyStoreException {
			throw readOnly();
		}

		@Override
		public void engineSetCertificateEntry(String alias, Certificate certificate) throws KeyStoreException {
			throw readOnly();
		}

		@Override
		public void engineDeleteEntry(String alias) throws KeyStoreException {
			throw readOnly();
		}

		@Override
		public void engineStore(OutputStream stream, char @Nullable [] password) {
			throw new UnsupportedOperationException("The key cannot leave its token");
		}

		@Override
		public void engineLoad(@Nullable InputStream stream, char @Nullable [] password) {
		}

		private static KeyStoreException readOnly() {
			return new KeyStoreException("The key store cannot be changed");
		}

	}

	/**
	 * The {@link Provider} that a key store has to name. It is never registered.
	 */
	private static final class MemoryProvider extends Provider {

		private MemoryProvider() {
			super("mtls", "1", "Key stores in memory");
		}

	}

}
