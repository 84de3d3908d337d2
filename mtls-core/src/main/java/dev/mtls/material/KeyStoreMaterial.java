package dev.mtls.material;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;

/**
 * Material from key stores. Key entries give key material, certificate entries give
 * trust; a certificate that comes with a private key is not trusted for that.
 */
public final class KeyStoreMaterial {

	private final String place;

	private final KeyStore keyStore;

	private KeyStoreMaterial(String place, KeyStore keyStore) {
		this.place = place;
		this.keyStore = keyStore;
	}

	/**
	 * Take a key store that is loaded already.
	 * @param place where it is from, for messages
	 * @param keyStore the key store
	 * @return its material
	 */
	public static KeyStoreMaterial of(String place, KeyStore keyStore) {
		return new KeyStoreMaterial(place, keyStore);
	}

	/**
	 * Load a key store. The document stays open and is the caller's.
	 * @param document the document
	 * @param type {@code PKCS12} or {@code JKS}
	 * @param password the password of the store, or {@code null} to skip the check of its
	 * integrity; a PKCS12 store then shows only what is not encrypted
	 * @return its material
	 * @throws MtlsException with {@code CONFIGURATION_INVALID} when Java knows no such
	 * type, with {@code PASSWORD_WRONG} when the password is wrong, with
	 * {@code MATERIAL_INVALID} when the document is no such store
	 */
	public static KeyStoreMaterial load(Document document, String type, char @Nullable [] password) {
		if (document.content().length == 0) {
			throw new MtlsException(Reason.MATERIAL_INVALID, document.place(), "It is empty",
					"Write the key store into it");
		}
		KeyStore keyStore = keyStoreOf(document.place(), type);
		try {
			keyStore.load(new ByteArrayInputStream(document.content()), password);
			return new KeyStoreMaterial(document.place(), keyStore);
		}
		catch (IOException ex) {
			if (ex.getCause() instanceof UnrecoverableKeyException) {
				throw new MtlsException(Reason.PASSWORD_WRONG, document.place(),
						"The password does not open the key store", "Correct the password of the key store", ex);
			}
			throw noSuchStore(document.place(), type, ex);
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			throw noSuchStore(document.place(), type, ex);
		}
	}

	/**
	 * Read a key and its chain.
	 * @param alias the name of the key entry, or {@code null} for the only one
	 * @param keyPassword the password of the entry, which is that of the store unless it
	 * was given its own; {@code null} for a store that needs none
	 * @return the key material
	 * @throws MtlsException with {@code MATERIAL_INVALID} when there is no such entry or
	 * more than one without an alias, with {@code PASSWORD_WRONG} when the password does
	 * not open the entry, or as {@link KeyMaterial#of} does
	 */
	public KeyMaterial keyMaterial(@Nullable String alias, char @Nullable [] keyPassword) {
		try {
			String entry = keyEntry(alias);
			Certificate[] chain = this.keyStore.getCertificateChain(entry);
			if (!(this.keyStore.getKey(entry, keyPassword) instanceof PrivateKey privateKey) || chain == null) {
				throw invalid("The entry '%s' has no private key with a certificate".formatted(entry),
						"Import the private key together with its certificate");
			}
			return KeyMaterial.of(this.place, "the entry '%s'".formatted(entry), privateKey, x509(List.of(chain)));
		}
		catch (UnrecoverableKeyException ex) {
			throw new MtlsException(Reason.PASSWORD_WRONG, this.place, "The password does not open the key entry",
					"Correct the password of the key, which may be another than that of the store", ex);
		}
		catch (GeneralSecurityException ex) {
			throw unusable(ex);
		}
	}

	/**
	 * Read the trust anchors: all certificate entries.
	 * @return the trust material, sorted by alias
	 * @throws MtlsException with {@code TRUST_MISSING} when there is no certificate entry
	 */
	public TrustMaterial trustMaterial() {
		try {
			List<Certificate> anchors = new ArrayList<>();
			for (String alias : aliases(KeyStore.TrustedCertificateEntry.class)) {
				anchors.add(this.keyStore.getCertificate(alias));
			}
			if (anchors.isEmpty() && this.keyStore.size() > 0) {
				throw new MtlsException(Reason.TRUST_MISSING, this.place,
						"It holds key entries only, and they are not trusted",
						"Import the CA certificates with keytool -importcert");
			}
			return TrustMaterial.of(this.place, x509(anchors));
		}
		catch (GeneralSecurityException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public String toString() {
		return "KeyStoreMaterial[%s]".formatted(this.place);
	}

	private String keyEntry(@Nullable String alias) throws KeyStoreException {
		List<String> aliases = aliases(KeyStore.PrivateKeyEntry.class);
		if (aliases.isEmpty()) {
			throw noKey();
		}
		if (alias == null && aliases.size() > 1) {
			throw invalid("It holds several private keys: " + String.join(", ", aliases),
					"Set the alias of the one that is to be used");
		}
		if (alias == null) {
			return aliases.get(0);
		}
		if (!this.keyStore.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
			throw invalid("It holds no private key named '%s', but %s".formatted(alias, String.join(", ", aliases)),
					"Correct the alias");
		}
		return alias;
	}

	private List<String> aliases(Class<? extends KeyStore.Entry> kind) throws KeyStoreException {
		List<String> aliases = new ArrayList<>();
		for (String alias : Collections.list(this.keyStore.aliases())) {
			if (this.keyStore.entryInstanceOf(alias, kind)) {
				aliases.add(alias);
			}
		}
		Collections.sort(aliases);
		return aliases;
	}

	private List<X509Certificate> x509(List<Certificate> certificates) {
		if (!certificates.stream().allMatch(X509Certificate.class::isInstance)) {
			throw invalid("It holds a certificate that is not X.509", "Remove that certificate");
		}
		return certificates.stream().map(X509Certificate.class::cast).toList();
	}

	private MtlsException invalid(String problem, String fix) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.place, problem, fix);
	}

	private MtlsException noKey() {
		// SunPKCS11 shows no key of which it finds no certificate
		return this.keyStore.getType().equals(TokenMaterial.TYPE)
				? invalid("It holds no private key that has a certificate",
						"Write the certificate to the token with the ID (CKA_ID) of its private key")
				: invalid("It holds no private key", "Import the private key together with its certificate");
	}

	private MtlsException unusable(GeneralSecurityException cause) {
		return new MtlsException(Reason.MATERIAL_INVALID, this.place, "The key store cannot be used",
				"Create it again with keytool or openssl pkcs12", cause);
	}

	private static KeyStore keyStoreOf(String place, String type) {
		try {
			return KeyStore.getInstance(type);
		}
		catch (KeyStoreException ex) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, place,
					"Java knows no key store of the type '%s'".formatted(type), "Use PKCS12 or JKS", ex);
		}
	}

	private static MtlsException noSuchStore(String place, String type, Exception cause) {
		return new MtlsException(Reason.MATERIAL_INVALID, place, "It is no %s key store".formatted(type),
				"Check the location and the type of the key store", cause);
	}

}
