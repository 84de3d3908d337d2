package dev.mtls.material;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptor;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.material.TestCertificates.Issued;
import dev.mtls.source.Document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PemMaterial}.
 */
class PemMaterialTests {

	private static final String SECRET = "secret";

	private static final String USABLE = "Use an EC key on P-256, P-384 or P-521, an RSA key or an Ed25519 key";

	private static final String DAMAGED = "Copy the file again; "
			+ "each BEGIN and END line must be whole and stand on a line of its own";

	private final Issued root = TestCertificates.root("root");

	private final Issued leaf = this.root.leaf("leaf");

	@ParameterizedTest
	@ValueSource(strings = { "RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS" })
	void privateKeyWhenPkcs8ThenKeyOfTheJdk(String algorithm) {
		PrivateKey expected = TestCertificates.keyPair(algorithm).getPrivate();
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(TestCertificates.pem(expected)), null), expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RSA", "EC" })
	void privateKeyWhenPkcs1OrSec1ThenKeyOfTheJdk(String algorithm) throws IOException {
		PrivateKey expected = TestCertificates.keyPair(algorithm).getPrivate();
		String pem = traditional(expected, null);
		assertThat(pem).startsWith("-----BEGIN " + algorithm + " PRIVATE KEY-----");
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(pem), null), expected);
	}

	@ParameterizedTest
	@CsvSource({ "RSA, AES-128-CBC", "RSA, AES-256-CBC", "RSA, DES-EDE3-CBC", "EC, AES-192-CBC", "EC, DES-CBC" })
	void privateKeyWhenLegacyEncryptionThenDecrypts(String algorithm, String cipher) throws IOException {
		PrivateKey expected = TestCertificates.keyPair(algorithm).getPrivate();
		PEMEncryptor encryptor = new JcePEMEncryptorBuilder(cipher).setProvider(new BouncyCastleProvider())
			.build("secret".toCharArray());
		String pem = traditional(expected, encryptor);
		assertThat(pem).contains("Proc-Type: 4,ENCRYPTED", "DEK-Info: " + cipher + ",");
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(pem), "secret".toCharArray()), expected);
		assertPasswordIsNeeded(pem);
	}

	@ParameterizedTest
	@ValueSource(strings = { "RSA", "EC", "Ed25519" })
	void privateKeyWhenPkcs8EncryptedThenDecrypts(String algorithm) throws IOException {
		PrivateKey expected = TestCertificates.keyPair(algorithm).getPrivate();
		for (ASN1ObjectIdentifier cipher : List.of(NISTObjectIdentifiers.id_aes256_CBC,
				PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)) {
			String pem = encrypted(expected, cipher);
			assertIsKey(PemMaterial.privateKey(TestCertificates.document(pem), SECRET.toCharArray()), expected);
			assertPasswordIsNeeded(pem);
		}
	}

	@Test
	void privateKeyWhenWrongPasswordsThenAlwaysPasswordWrong() throws IOException {
		// Among 600, some leave noise whose padding is good
		String pem = traditional(this.leaf.privateKey(),
				new JcePEMEncryptorBuilder("AES-128-CBC").setProvider(new BouncyCastleProvider())
					.build("secret".toCharArray()));
		for (int i = 0; i < 600; i++) {
			char[] password = ("wrong" + i).toCharArray();
			assertThatExceptionOfType(MtlsException.class)
				.isThrownBy(() -> PemMaterial.privateKey(TestCertificates.document(pem), password))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.PASSWORD_WRONG));
		}
	}

	@Test
	void privateKeyWhenNotEncryptedThenPasswordIsIgnored() {
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(TestCertificates.pem(this.leaf.privateKey())),
				SECRET.toCharArray()), this.leaf.privateKey());
	}

	@Test
	void privateKeyWhenEncryptionUnknownThenFails() throws IOException {
		String pem = traditional(this.leaf.privateKey(),
				new JcePEMEncryptorBuilder("AES-128-CBC").setProvider(new BouncyCastleProvider())
					.build("secret".toCharArray()));
		String problem = "The private key is encrypted in a way that is not known";
		String fix = "Encrypt it again, for example with openssl pkcs8 -topk8";
		for (String other : List.of("CAMELLIA-128-CBC", "AES-128-XYZ", "DES-CBC")) {
			assertFailure(() -> PemMaterial.privateKey(TestCertificates.document(pem.replace("AES-128-CBC", other)),
					"secret".toCharArray()), Reason.MATERIAL_INVALID, problem, fix);
		}
		assertFailure(() -> PemMaterial
			.privateKey(TestCertificates.document(pem.replaceAll("DEK-Info.*", "X-Other: 1")), "secret".toCharArray()),
				Reason.MATERIAL_INVALID, problem, fix);
		assertFailure(() -> PemMaterial.privateKey(
				TestCertificates.document(TestCertificates.pem("ENCRYPTED PRIVATE KEY", new byte[] { 0x30, 0 })),
				SECRET.toCharArray()), Reason.MATERIAL_INVALID, problem, fix);
	}

	@Test
	void privateKeyWhenCurveStandsInBlockBeforeThenUsesIt() throws IOException {
		String sec1 = TestCertificates.pem("EC PRIVATE KEY", sec1(this.leaf.privateKey(), null).getEncoded());
		String parameters = TestCertificates.pem("EC PARAMETERS", X9ObjectIdentifiers.prime256v1.getEncoded());
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(parameters, sec1), null), this.leaf.privateKey());
		assertUnusable("The EC key does not say its curve", sec1);
	}

	@Test
	void privateKeyWhenCurveStandsInsidePkcs8ThenParses() throws IOException {
		PrivateKeyInfo info = PrivateKeyInfo.getInstance(this.leaf.privateKey().getEncoded());
		ECPrivateKey withCurve = sec1(this.leaf.privateKey(), X9ObjectIdentifiers.prime256v1);
		String pem = TestCertificates.pem("PRIVATE KEY",
				new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), withCurve).getEncoded());
		assertIsKey(PemMaterial.privateKey(TestCertificates.document(pem), null), this.leaf.privateKey());
	}

	@Test
	void privateKeyWhenCurveUnusableThenFails() throws IOException {
		ECPrivateKey key = new ECPrivateKey(256, BigInteger.TWO);
		assertUnusable("An EC key on the curve secp256k1 cannot be used",
				TestCertificates.pem("PRIVATE KEY", new PrivateKeyInfo(
						new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256k1),
						key)
					.getEncoded()));
		assertUnusable("An EC key on the curve 1.2.3.4 cannot be used", TestCertificates.pem("EC PRIVATE KEY",
				new ECPrivateKey(256, BigInteger.TWO, new ASN1ObjectIdentifier("1.2.3.4")).getEncoded()));
	}

	@Test
	void privateKeyWhenKindUnusableThenFails() {
		assertUnusable("A private key of the kind 1.3.101.110 cannot be used",
				TestCertificates.pem(TestCertificates.keyPair("X25519").getPrivate()));
		assertUnusable("A private key of the kind 1.2.840.10040.4.1 cannot be used",
				TestCertificates.pem(TestCertificates.keyPair("DSA").getPrivate()));
		assertUnusable("A block named OPENSSH PRIVATE KEY cannot be used",
				TestCertificates.pem("OPENSSH PRIVATE KEY", new byte[] { 0x30, 0 }));
	}

	@Test
	void privateKeyWhenTextAroundThenParses() {
		String pem = "Bag Attributes\n    localKeyID: 01\nKey: value\n" + TestCertificates.pem(this.leaf.privateKey())
				+ "\ntrailer\n";
		for (String text : List.of(pem, pem.replace("\n", "\r\n"),
				"\ufeff" + TestCertificates.pem(this.leaf.privateKey()))) {
			assertIsKey(PemMaterial.privateKey(TestCertificates.document(text), null), this.leaf.privateKey());
		}
	}

	@Test
	void privateKeyWhenSeveralThenFails() {
		String pem = TestCertificates.pem(this.leaf.privateKey());
		assertInvalidKey("It holds 2 private keys", "Leave the one that is to be used", pem, pem);
	}

	@Test
	void privateKeyWhenThereIsNoneThenFails() {
		assertInvalidKey("It is empty", "Write the private key into it");
		assertInvalidKey("It holds no PEM block",
				"Give a PEM file with -----BEGIN PRIVATE KEY-----; openssl pkey -inform DER converts a DER key",
				"garbage");
		assertInvalidKey("It holds no private key, but a block named CERTIFICATE",
				"Give the file of the private key; this one is that of a certificate",
				TestCertificates.pem(this.leaf.certificate()));
		assertInvalidKey("It holds no private key, but a block named PUBLIC KEY",
				"Give a -----BEGIN PRIVATE KEY----- block", TestCertificates.pem("PUBLIC KEY", new byte[] { 1 }));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" })
	void privateKeyWhenGarbageThenFails(String label) {
		String fix = "Export the private key again; openssl pkey -check shows whether it is whole";
		byte[] whole = TestCertificates.keyPair("RSA").getPrivate().getEncoded();
		for (byte[] der : List.of(new byte[0], new byte[] { 1, 2, 3 }, new byte[] { 0x30, 0 }, new byte[] { 2, 1, 1 },
				Arrays.copyOf(whole, whole.length - 1), Arrays.copyOf(whole, whole.length + 1))) {
			assertInvalidKey("The private key cannot be parsed", fix, TestCertificates.pem(label, der));
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "-----BEGIN PRIVATE KEY-----\nMIIC", "-----BEGIN PRIVATE KEY\nMIIC\n-----END PRIVATE KEY-----",
					"  -----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----",
					"-----BEGIN PRIVATE KEY-----\nM*IC\n-----END PRIVATE KEY-----",
					"-----BEGIN PRIVATE KEY-----\\nMIIC\\n-----END PRIVATE KEY-----\\n" })
	void privateKeyWhenBlockIsDamagedThenFails(String text) {
		assertInvalidKey("PEM block 1 is damaged", DAMAGED, text);
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> PemMaterial.privateKey(TestCertificates.document(text), null))
			.withNoCause();
	}

	@Test
	void certificatesWhenPemOrDerThenThoseOfTheJdk() throws GeneralSecurityException {
		X509Certificate certificate = this.leaf.certificate();
		String x509 = TestCertificates.pem("X509 CERTIFICATE", certificate.getEncoded());
		assertThat(PemMaterial.certificates(TestCertificates.document(TestCertificates.pem(certificate), "text\n", x509,
				TestCertificates.pem(this.root.certificate()))))
			.containsExactly(certificate, certificate, this.root.certificate())
			.allSatisfy((each) -> assertThat(each.getClass().getName()).startsWith("sun.security."));
		assertThat(PemMaterial.certificates(Document.of("p", certificate.getEncoded()))).containsExactly(certificate);
	}

	@Test
	void certificatesWhenThereAreNoneThenFails() {
		assertInvalidCertificate("It is empty", "Write the certificate into it");
		assertInvalidCertificate("It holds no certificate", "Give a PEM file with -----BEGIN CERTIFICATE-----",
				"garbage");
		assertInvalidCertificate("It holds no certificate, but a block named PRIVATE KEY",
				"Give the file of the certificate; this one is that of a private key",
				TestCertificates.pem(this.leaf.privateKey()));
		assertInvalidCertificate("It holds no certificate, but a block named TRUSTED CERTIFICATE",
				"Give -----BEGIN CERTIFICATE----- blocks",
				TestCertificates.pem("TRUSTED CERTIFICATE", new byte[] { 1 }));
	}

	@Test
	void certificatesWhenGarbageThenFails() throws GeneralSecurityException {
		byte[] der = this.leaf.certificate().getEncoded();
		String again = "Export the certificate again; openssl x509 -noout -text shows whether it is whole";
		assertInvalidCertificate("Certificate 2 cannot be parsed", again, TestCertificates.pem(this.root.certificate()),
				TestCertificates.pem("CERTIFICATE", Arrays.copyOf(der, der.length - 1)));
		assertInvalidCertificate("Certificate 1 cannot be parsed: bytes follow it", "Export the certificate again",
				TestCertificates.pem("CERTIFICATE", Arrays.copyOf(der, der.length + 1)));
		assertInvalidCertificate("Certificate 1 cannot be parsed", again,
				TestCertificates.pem("CERTIFICATE", new byte[0]));
		assertFailure(() -> PemMaterial.certificates(Document.of("p", Arrays.copyOf(der, der.length - 1))),
				Reason.MATERIAL_INVALID, "It is no DER certificate", again);
		assertFailure(() -> PemMaterial.certificates(Document.of("p", Arrays.copyOf(der, der.length + 1))),
				Reason.MATERIAL_INVALID, "It is no DER certificate: bytes follow it", "Export the certificate again");
	}

	@Test
	void certificatesWhenBlockIsDamagedThenFails() {
		String pem = TestCertificates.pem(this.leaf.certificate());
		assertInvalidCertificate("PEM block 2 is damaged", DAMAGED, pem,
				pem.replace("CERTIFICATE-----\n", "CERTIFICATE\n"));
		assertInvalidCertificate("PEM block 1 is damaged", DAMAGED, pem.replace("-----END CERTIFICATE-----\n", ""),
				pem);
	}

	@Test
	void keyMaterialWhenAllInOneFileThenChain() {
		Issued intermediate = this.root.authority("intermediate");
		Issued server = intermediate.leaf("server");
		Document document = TestCertificates.document(TestCertificates.pem(intermediate.certificate()),
				TestCertificates.pem(server.privateKey()), TestCertificates.pem(server.certificate()));
		KeyMaterial material = PemMaterial.keyMaterial(document, document, null);
		assertThat(material.chain()).containsExactly(server.certificate(), intermediate.certificate());
		assertThat(material.privateKey()).isEqualTo(server.privateKey());
		assertThat(document.content()).as("the caller closes").contains('B');
	}

	@Test
	void keyMaterialWhenKeyIsOfOtherCertificateThenNamesBothPlaces() {
		Document certificate = Document.of("mtls.server.certificate=file:tls.crt",
				TestCertificates.pem(this.leaf.certificate()).getBytes(StandardCharsets.US_ASCII));
		Document key = Document.of("mtls.server.private-key=file:tls.key",
				TestCertificates.pem(this.root.privateKey()).getBytes(StandardCharsets.US_ASCII));
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> PemMaterial.keyMaterial(certificate, key, null))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.KEY_MISMATCH))
			.satisfies((ex) -> assertThat(ex.place()).isEqualTo("mtls.server.certificate=file:tls.crt"))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(
					"No certificate here belongs to the private key of " + "mtls.server.private-key=file:tls.key"));
	}

	@Test
	void trustMaterialCollectsAnchorsOfAllDocuments() {
		Issued other = TestCertificates.root("other");
		TrustMaterial trust = PemMaterial.trustMaterial("p",
				List.of(TestCertificates.document(TestCertificates.pem(this.root.certificate())),
						TestCertificates.document(TestCertificates.pem(other.certificate()),
								TestCertificates.pem(this.root.certificate()))));
		assertThat(trust.anchors()).containsExactly(this.root.certificate(), other.certificate());
	}

	@Test
	void trustMaterialWhenNoDocumentsThenFails() {
		assertFailure(() -> PemMaterial.trustMaterial("p", List.of()), Reason.TRUST_MISSING,
				"It holds no certificate to trust",
				"Give the certificate of the CA that issues the certificates of the peers");
	}

	@Test
	void blocksAreOverwrittenWhenClosed() {
		PemBlock block = PemBlock.readAll(TestCertificates.document(TestCertificates.pem(this.leaf.privateKey())))
			.get(0);
		byte[] content = block.content();
		assertThat(content).isEqualTo(this.leaf.privateKey().getEncoded()).isSameAs(block.content());
		block.close();
		assertThat(content).containsOnly(0);
	}

	@Test
	void providerIsNeverRegistered() throws IOException {
		PemMaterial.privateKey(
				TestCertificates.document(encrypted(this.leaf.privateKey(), NISTObjectIdentifiers.id_aes256_CBC)),
				SECRET.toCharArray());
		assertThat(Security.getProvider("BC")).isNull();
	}

	private static void assertIsKey(PrivateKey actual, PrivateKey expected) {
		assertThat(actual).isEqualTo(expected);
		assertThat(actual.getClass()).isEqualTo(expected.getClass());
	}

	private static void assertPasswordIsNeeded(String pem) {
		assertFailure(() -> PemMaterial.privateKey(TestCertificates.document(pem), null), Reason.PASSWORD_WRONG,
				"The private key is encrypted and no password is given", "Set the password of the private key");
		assertFailure(() -> PemMaterial.privateKey(TestCertificates.document(pem), "other".toCharArray()),
				Reason.PASSWORD_WRONG, "The password does not open the private key",
				"Correct the password of the private key");
	}

	private static void assertUnusable(String problem, String pem) {
		assertInvalidKey(problem, USABLE, pem);
	}

	private static void assertInvalidKey(String problem, String fix, String... texts) {
		assertFailure(() -> PemMaterial.privateKey(TestCertificates.document(texts), null), Reason.MATERIAL_INVALID,
				problem, fix);
	}

	private static void assertInvalidCertificate(String problem, String fix, String... texts) {
		assertFailure(() -> PemMaterial.certificates(TestCertificates.document(texts)), Reason.MATERIAL_INVALID,
				problem, fix);
	}

	private static void assertFailure(ThrowingCallable callable, Reason reason, String problem, String fix) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(callable)
			.satisfies((ex) -> assertThat(List.of(ex.reason(), ex.place(), ex.problem(), ex.fix()))
				.containsExactly(reason, "p", problem, fix));
	}

	private static String traditional(PrivateKey key, @Nullable PEMEncryptor encryptor) throws IOException {
		PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
		if (key.getAlgorithm().equals("EC")) {
			info = new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), sec1(key, X9ObjectIdentifiers.prime256v1));
		}
		return write(new JcaMiscPEMGenerator(info, encryptor));
	}

	private static ECPrivateKey sec1(PrivateKey key, @Nullable ASN1Encodable curve) throws IOException {
		ECPrivateKey sec1 = ECPrivateKey.getInstance(PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey());
		return new ECPrivateKey(256, sec1.getKey(), curve);
	}

	private static String encrypted(PrivateKey key, ASN1ObjectIdentifier cipher) throws IOException {
		try {
			return write(new JcaPKCS8Generator(key,
					new JceOpenSSLPKCS8EncryptorBuilder(cipher).setProvider(new BouncyCastleProvider())
						.setPassword(SECRET.toCharArray())
						.build()));
		}
		catch (OperatorCreationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String write(Object object) throws IOException {
		StringWriter text = new StringWriter();
		try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
			writer.writeObject(object);
		}
		return text.toString();
	}

}
