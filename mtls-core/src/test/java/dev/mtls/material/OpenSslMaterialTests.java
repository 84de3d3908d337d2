package dev.mtls.material;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.Document;
import dev.mtls.source.Source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PemMaterial} and {@link KeyStoreMaterial} with what the real openssl
 * writes.
 */
class OpenSslMaterialTests {

	private static final String PASSWORD = "geheim \u00e4\u20ac";

	@TempDir
	private Path directory;

	private OpenSsl openSsl;

	@BeforeEach
	void useOpenSsl() throws IOException {
		Files.writeString(this.directory.resolve("password"), PASSWORD + "\n");
		this.openSsl = OpenSsl.in(this.directory);
	}

	@ParameterizedTest
	@CsvSource({ "genrsa -traditional -out tls.key 2048, RSA PRIVATE KEY, RSA",
			"genrsa -out tls.key 2048, PRIVATE KEY, RSA",
			"ecparam -name prime256v1 -genkey -out tls.key, EC PARAMETERS, EC",
			"ecparam -name secp384r1 -genkey -noout -out tls.key, EC PRIVATE KEY, EC",
			"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out tls.key, PRIVATE KEY, EC",
			"genpkey -algorithm ED25519 -out tls.key, PRIVATE KEY, EdDSA",
			"genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out tls.key, PRIVATE KEY, RSASSA-PSS" })
	void keyMaterialWhenPlainKey(String command, String label, String algorithm) {
		this.openSsl.run(command);
		certify("tls.key");
		assertThat(text("tls.key")).startsWith("-----BEGIN " + label + "-----");
		KeyMaterial material = keyMaterial("tls.key", null);
		assertThat(material.privateKey().getAlgorithm()).isEqualTo(algorithm);
		assertThat(material.leaf().getSubjectX500Principal().getName()).isEqualTo("CN=server");
	}

	@ParameterizedTest
	@CsvSource({ "rsa -traditional -aes256, DEK-Info: AES-256-CBC", "rsa -traditional -des3, DEK-Info: DES-EDE3-CBC",
			"pkcs8 -topk8, BEGIN ENCRYPTED PRIVATE KEY", "pkcs8 -topk8 -v2 aes-128-cbc, BEGIN ENCRYPTED PRIVATE KEY",
			"pkcs8 -topk8 -v2 des3, BEGIN ENCRYPTED PRIVATE KEY",
			"pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512, BEGIN ENCRYPTED PRIVATE KEY",
			"pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA1, BEGIN ENCRYPTED PRIVATE KEY",
			"pkcs8 -topk8 -v1 PBE-SHA1-3DES, BEGIN ENCRYPTED PRIVATE KEY",
			"pkcs8 -topk8 -scrypt, BEGIN ENCRYPTED PRIVATE KEY" })
	void keyMaterialWhenEncryptedRsaKey(String command, String expected) {
		this.openSsl.run("genrsa -out plain.key 2048");
		assertDecrypts(command, expected);
	}

	@ParameterizedTest
	@CsvSource({ "ec -aes128, DEK-Info: AES-128-CBC", "pkcs8 -topk8, BEGIN ENCRYPTED PRIVATE KEY" })
	void keyMaterialWhenEncryptedEcKey(String command, String expected) {
		this.openSsl.run("ecparam -name prime256v1 -genkey -out plain.key");
		assertDecrypts(command, expected);
	}

	@Test
	void keyMaterialWhenEncryptedEd25519Key() {
		this.openSsl.run("genpkey -algorithm ED25519 -out plain.key");
		assertDecrypts("pkcs8 -topk8", "BEGIN ENCRYPTED PRIVATE KEY");
	}

	@ParameterizedTest
	@CsvSource({ "-name secp256k1, An EC key on the curve secp256k1 cannot be used",
			"-name brainpoolP256r1, An EC key on the curve brainpoolP256r1 cannot be used",
			"-name prime256v1 -param_enc explicit, The EC key gives its curve by parameters and not by name" })
	void privateKeyWhenCurveUnusableThenFails(String curve, String problem) {
		this.openSsl.run("ecparam " + curve + " -genkey -noout -out tls.key");
		assertUnusable("tls.key", problem);
		this.openSsl.run("pkcs8 -topk8 -nocrypt -in tls.key -out p8.key");
		assertUnusable("p8.key", problem);
	}

	@Test
	void certificatesWhenTextAroundOrDer() {
		issueChain();
		this.openSsl.run("x509 -in leaf.crt -text -out text.crt");
		this.openSsl.run("x509 -in leaf.crt -outform DER -out leaf.der");
		assertThat(text("text.crt")).startsWith("Certificate:");
		assertThat(PemMaterial.certificates(document("text.crt")))
			.isEqualTo(PemMaterial.certificates(document("leaf.crt")))
			.isEqualTo(PemMaterial.certificates(document("leaf.der")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1" })
	void keyStoreMaterialWhenPkcs12(String options) {
		issueChain();
		this.openSsl.run("pkcs12 -export -name server -inkey leaf.key -in leaf.crt -certfile root.crt -out tls.p12"
				+ " -passout pass:secret" + options);
		char[] password = "secret".toCharArray();
		KeyMaterial material = KeyStoreMaterial.load(document("tls.p12"), "PKCS12", password)
			.keyMaterial("server", password);
		assertThat(material.chain()).extracting((each) -> each.getSubjectX500Principal().getName())
			.containsExactly("CN=leaf", "CN=root");
		this.openSsl.run("pkcs12 -in tls.p12 -passin pass:secret -nodes -out bag.pem");
		assertThat(text("bag.pem")).startsWith("Bag Attributes");
		KeyMaterial bag = PemMaterial.keyMaterial(document("bag.pem"), document("bag.pem"), null);
		assertThat(bag.chain()).isEqualTo(material.chain());
		assertThat(((ECPrivateKey) bag.privateKey()).getS()).isEqualTo(((ECPrivateKey) material.privateKey()).getS());
	}

	@Test
	void trustMaterialWhenPkcs12HasNoTrustedEntriesThenFails() {
		issueChain();
		this.openSsl.run("pkcs12 -export -nokeys -in root.crt -out trust.p12 -passout pass:secret");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(
				() -> KeyStoreMaterial.load(document("trust.p12"), "PKCS12", "secret".toCharArray()).trustMaterial())
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.TRUST_MISSING));
	}

	private void assertDecrypts(String command, String expected) {
		certify("plain.key");
		this.openSsl.run(command + " -in plain.key -out tls.key -passout file:password");
		assertThat(text("tls.key")).contains(expected);
		assertThat(keyMaterial("tls.key", PASSWORD).privateKey())
			.isEqualTo(keyMaterial("plain.key", null).privateKey());
		for (String password : new String[] { "wrong", "", null }) {
			assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> keyMaterial("tls.key", password))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PASSWORD_WRONG));
		}
	}

	private void assertUnusable(String key, String problem) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> PemMaterial.privateKey(document(key), null))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.MATERIAL_INVALID))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(problem));
	}

	private void certify(String key) {
		this.openSsl.run("req -x509 -new -key " + key + " -subj /CN=server -days 1 -out tls.crt");
	}

	private void issueChain() {
		String newKey = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ";
		this.openSsl.run("req -x509" + newKey + "root.key -subj /CN=root -days 1 -out root.crt");
		this.openSsl.run("req -new" + newKey + "leaf.key -subj /CN=leaf -out leaf.csr");
		this.openSsl.run("x509 -req -in leaf.csr -CA root.crt -CAkey root.key -CAcreateserial -days 1 -out leaf.crt");
	}

	private KeyMaterial keyMaterial(String key, @Nullable String password) {
		return PemMaterial.keyMaterial(document("tls.crt"), document(key),
				(password != null) ? password.toCharArray() : null);
	}

	private String text(String file) {
		return new String(document(file).content(), StandardCharsets.ISO_8859_1);
	}

	private Document document(String file) {
		return Source.of("p", "file:" + this.directory.resolve(file)).read().get(0);
	}

}
