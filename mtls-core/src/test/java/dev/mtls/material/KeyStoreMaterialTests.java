package dev.mtls.material;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TestCertificates.Issued;
import dev.mtls.source.Document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KeyStoreMaterial}.
 */
class KeyStoreMaterialTests {

	private static final char[] STORE_PASSWORD = "store".toCharArray();

	private static final char[] KEY_PASSWORD = "key entry".toCharArray();

	private final Issued root = TestCertificates.root("root");

	private final Issued leaf = this.root.leaf("leaf");

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void keyMaterialWhenOnlyEntryThenNoAliasIsNeeded(String type) throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty(type);
		addKey(keyStore, "server", this.leaf, STORE_PASSWORD);
		keyStore.setCertificateEntry("ca", this.root.certificate());
		KeyMaterial material = load(keyStore, type).keyMaterial(null, STORE_PASSWORD);
		assertThat(material.chain()).containsExactly(this.leaf.certificate(), this.root.certificate());
		assertThat(material.privateKey()).isEqualTo(this.leaf.privateKey());
		assertThat(material.place()).isEqualTo("p");
	}

	@Test
	void keyMaterialWhenKeyHasOwnPasswordThenUsesIt() throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty("JKS");
		addKey(keyStore, "server", this.leaf, KEY_PASSWORD);
		KeyStoreMaterial material = load(keyStore, "JKS");
		assertThat(material.keyMaterial("server", KEY_PASSWORD).leaf()).isEqualTo(this.leaf.certificate());
		assertFailure(() -> material.keyMaterial("server", STORE_PASSWORD), Reason.PASSWORD_WRONG,
				"The password does not open the key entry",
				"Correct the password of the key, which may be another than that of the store");
		assertFailure(() -> material.keyMaterial("server", null), Reason.PASSWORD_WRONG,
				"The password does not open the key entry",
				"Correct the password of the key, which may be another than that of the store");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void keyMaterialWhenSeveralEntriesThenAliasDecides(String type) throws GeneralSecurityException, IOException {
		Issued other = this.root.leaf("other");
		KeyStore keyStore = empty(type);
		addKey(keyStore, "two", other, STORE_PASSWORD);
		addKey(keyStore, "one", this.leaf, STORE_PASSWORD);
		keyStore.setCertificateEntry("ca", this.root.certificate());
		KeyStoreMaterial material = load(keyStore, type);
		assertThat(material.keyMaterial("two", STORE_PASSWORD).leaf()).isEqualTo(other.certificate());
		assertThat(material.keyMaterial("one", STORE_PASSWORD).leaf()).isEqualTo(this.leaf.certificate());
		assertFailure(() -> material.keyMaterial(null, STORE_PASSWORD), Reason.MATERIAL_INVALID,
				"It holds several private keys: one, two", "Set the alias of the one that is to be used");
		for (String alias : List.of("three", "ca")) {
			assertFailure(() -> material.keyMaterial(alias, STORE_PASSWORD), Reason.MATERIAL_INVALID,
					"It holds no private key named '%s', but one, two".formatted(alias), "Correct the alias");
		}
	}

	@Test
	void keyMaterialWhenNoKeyThenFails() throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty("PKCS12");
		keyStore.setCertificateEntry("ca", this.root.certificate());
		KeyStoreMaterial material = load(keyStore, "PKCS12");
		assertFailure(() -> material.keyMaterial(null, STORE_PASSWORD), Reason.MATERIAL_INVALID,
				"It holds no private key", "Import the private key together with its certificate");
	}

	@Test
	void keyMaterialWhenChainIsOfOtherKeyThenFails() throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty("PKCS12");
		keyStore.setKeyEntry("server", this.leaf.privateKey(), STORE_PASSWORD,
				new Certificate[] { this.root.leaf("other").certificate() });
		KeyStoreMaterial material = KeyStoreMaterial.of("p", keyStore);
		assertFailure(() -> material.keyMaterial(null, STORE_PASSWORD), Reason.KEY_MISMATCH,
				"No certificate here belongs to the private key of the entry 'server'",
				"Configure a certificate and a private key that were made together");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void trustMaterialTakesCertificateEntriesOnly(String type) throws GeneralSecurityException, IOException {
		Issued other = TestCertificates.root("other");
		KeyStore keyStore = empty(type);
		addKey(keyStore, "server", this.leaf, STORE_PASSWORD);
		keyStore.setCertificateEntry("b", this.root.certificate());
		keyStore.setCertificateEntry("a", other.certificate());
		assertThat(load(keyStore, type).trustMaterial().anchors()).containsExactly(other.certificate(),
				this.root.certificate());
	}

	@Test
	void trustMaterialWhenOnlyKeysThenFails() throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty("JKS");
		addKey(keyStore, "server", this.leaf, STORE_PASSWORD);
		assertFailure(load(keyStore, "JKS")::trustMaterial, Reason.TRUST_MISSING,
				"It holds key entries only, and they are not trusted",
				"Import the CA certificates with keytool -importcert");
	}

	@Test
	void trustMaterialWhenEmptyThenFails() throws GeneralSecurityException, IOException {
		assertFailure(load(empty("JKS"), "JKS")::trustMaterial, Reason.TRUST_MISSING,
				"It holds no certificate to trust",
				"Give the certificate of the CA that issues the certificates of the peers");
	}

	@Test
	void trustMaterialWhenPasswordHidesEntriesThenSaysSo() throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty("PKCS12");
		keyStore.setCertificateEntry("ca", this.root.certificate());
		KeyStoreMaterial material = KeyStoreMaterial.load(stored(keyStore), "PKCS12", null);
		assertFailure(material::trustMaterial, Reason.TRUST_MISSING, "It holds no certificate to trust",
				"Give the certificate of the CA that issues the certificates of the peers");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void loadWhenPasswordWrongThenFails(String type) throws GeneralSecurityException, IOException {
		KeyStore keyStore = empty(type);
		addKey(keyStore, "server", this.leaf, STORE_PASSWORD);
		Document document = stored(keyStore);
		assertFailure(() -> KeyStoreMaterial.load(document, type, "wrong".toCharArray()), Reason.PASSWORD_WRONG,
				"The password does not open the key store", "Correct the password of the key store");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PKCS12", "JKS" })
	void loadWhenGarbageThenFails(String type) {
		String fix = "Check the location and the type of the key store";
		assertFailure(() -> KeyStoreMaterial.load(TestCertificates.document("garbage"), type, STORE_PASSWORD),
				Reason.MATERIAL_INVALID, "It is no %s key store".formatted(type), fix);
		assertFailure(() -> KeyStoreMaterial
			.load(TestCertificates.document(TestCertificates.pem(this.leaf.certificate())), type, STORE_PASSWORD),
				Reason.MATERIAL_INVALID, "It is no %s key store".formatted(type), fix);
	}

	@Test
	void loadWhenEmptyThenFails() {
		assertFailure(() -> KeyStoreMaterial.load(TestCertificates.document(), "PKCS12", STORE_PASSWORD),
				Reason.MATERIAL_INVALID, "It is empty", "Write the key store into it");
	}

	@Test
	void loadWhenTypeUnknownThenFails() {
		assertFailure(() -> KeyStoreMaterial.load(TestCertificates.document("x"), "PKCS13", STORE_PASSWORD),
				Reason.CONFIGURATION_INVALID, "Java knows no key store of the type 'PKCS13'", "Use PKCS12 or JKS");
	}

	@Test
	void toStringShowsPlaceOnly() throws GeneralSecurityException, IOException {
		assertThat(KeyStoreMaterial.of("p", empty("JKS"))).hasToString("KeyStoreMaterial[p]");
	}

	private void addKey(KeyStore keyStore, String alias, Issued issued, char[] password)
			throws GeneralSecurityException {
		keyStore.setKeyEntry(alias, issued.privateKey(), password,
				new Certificate[] { issued.certificate(), this.root.certificate() });
	}

	private static KeyStore empty(String type) throws GeneralSecurityException, IOException {
		KeyStore keyStore = KeyStore.getInstance(type);
		keyStore.load(null, null);
		return keyStore;
	}

	private static KeyStoreMaterial load(KeyStore keyStore, String type) throws GeneralSecurityException, IOException {
		return KeyStoreMaterial.load(stored(keyStore), type, STORE_PASSWORD);
	}

	private static Document stored(KeyStore keyStore) throws GeneralSecurityException, IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		keyStore.store(bytes, STORE_PASSWORD);
		return Document.of("p", bytes.toByteArray());
	}

	private static void assertFailure(ThrowingCallable callable, Reason reason, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(reason, "p", problem, fix));
	}

}
