package dev.mtls.gate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.Key;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.ProviderException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;

import org.jspecify.annotations.Nullable;

import dev.mtls.authority.IssuedCertificate;

/**
 * A token with one key that can be removed and put back. It behaves as the JDK's
 * SunPKCS11 does, of which a test cannot remove the token.
 */
@SuppressWarnings("serial")
final class FakeToken extends Provider {

	static final String PIN = "4711";

	private transient IssuedCertificate issued;

	private transient boolean present = true;

	private int logins;

	/**
	 * Counts how often the token was put in: keys of before are dead.
	 */
	private int session;

	FakeToken(IssuedCertificate issued) {
		super("FakeToken", "1", "A token");
		this.issued = issued;
		putService(new Service(this, "KeyStore", "PKCS11", TokenKeyStore.class.getName(), null, null) {

			@Override
			public Object newInstance(@Nullable Object parameter) {
				return new TokenKeyStore();
			}

		});
	}

	void write(IssuedCertificate issued) {
		this.issued = issued;
	}

	void remove() {
		this.present = false;
	}

	void putBack() {
		this.present = true;
		this.session++;
	}

	int logins() {
		return this.logins;
	}

	private void ensurePresent() {
		if (!this.present) {
			throw new ProviderException("Token has been removed");
		}
	}

	private final class TokenKey implements ECPrivateKey {

		private final transient ECPrivateKey key = (ECPrivateKey) FakeToken.this.issued.privateKey();

		private final int madeIn = FakeToken.this.session;

		@Override
		public BigInteger getS() {
			ensurePresent();
			if (this.madeIn != FakeToken.this.session) {
				throw new ProviderException("CKR_KEY_HANDLE_INVALID");
			}
			return this.key.getS();
		}

		@Override
		public ECParameterSpec getParams() {
			return this.key.getParams();
		}

		@Override
		public String getAlgorithm() {
			return "EC";
		}

		@Override
		public @Nullable String getFormat() {
			return null;
		}

		@Override
		public byte @Nullable [] getEncoded() {
			return null;
		}

	}

	private final class TokenKeyStore extends KeyStoreSpi {

		@Override
		public void engineLoad(@Nullable InputStream stream, char @Nullable [] pin) throws IOException {
			ensurePresent();
			FakeToken.this.logins++;
			if (!Arrays.equals(PIN.toCharArray(), pin)) {
				throw new IOException("load failed", new UnrecoverableKeyException());
			}
		}

		@Override
		public Key engineGetKey(String alias, char @Nullable [] password) {
			ensurePresent();
			return new TokenKey();
		}

		@Override
		public Certificate[] engineGetCertificateChain(String alias) {
			ensurePresent();
			return FakeToken.this.issued.chain().toArray(Certificate[]::new);
		}

		@Override
		public Enumeration<String> engineAliases() {
			ensurePresent();
			return Collections.enumeration(Collections.singleton("key"));
		}

		@Override
		public boolean engineIsKeyEntry(String alias) {
			return true;
		}

		@Override
		public boolean engineContainsAlias(String alias) {
			return alias.equals("key");
		}

		@Override
		public int engineSize() {
			return 1;
		}

		@Override
		public Certificate engineGetCertificate(String alias) {
			return FakeToken.this.issued.certificate();
		}

		@Override
		public Date engineGetCreationDate(String alias) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean engineIsCertificateEntry(String alias) {
			return false;
		}

		@Override
		public String engineGetCertificateAlias(Certificate certificate) {
			return "key";
		}

		@Override
		public void engineSetKeyEntry(String alias, Key key, char @Nullable [] password, Certificate[] chain) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineSetCertificateEntry(String alias, Certificate certificate) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineDeleteEntry(String alias) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void engineStore(OutputStream stream, char @Nullable [] password) {
			throw new UnsupportedOperationException();
		}

	}

}
