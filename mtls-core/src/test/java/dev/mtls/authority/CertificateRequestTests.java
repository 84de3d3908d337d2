package dev.mtls.authority;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CertificateRequest}.
 */
class CertificateRequestTests {

	private static final Instant NOW = Instant.parse("2030-01-01T12:00:00.123Z");

	private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

	private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

	private static final int DNS = 2;

	private static final int EMAIL = 1;

	private static final int URI = 6;

	private static final int IP = 7;

	private final CertificateAuthority root = CertificateAuthority
		.create(CertificateRequest.authority("CN=Root,O=Example").build(), InstantSource.fixed(NOW));

	@Test
	void serverSaysWhatServerNeeds() throws Exception {
		X509Certificate certificate = issue(CertificateRequest.server("localhost"));
		assertThat(certificate.getVersion()).isEqualTo(3);
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
		assertThat(certificate.getIssuerX500Principal().getName()).isEqualTo("CN=Root,O=Example");
		assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(DNS, "localhost"));
		assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
		assertThat(keyUsages(certificate)).containsExactly(0);
		assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
		assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
		assertThat(((ECPublicKey) certificate.getPublicKey()).getParams().getOrder().bitLength()).isEqualTo(256);
		assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder(Extension.keyUsage.getId(),
				Extension.basicConstraints.getId());
		assertThat(certificate.getNonCriticalExtensionOIDs()).containsExactlyInAnyOrder(
				Extension.extendedKeyUsage.getId(), Extension.subjectAlternativeName.getId(),
				Extension.subjectKeyIdentifier.getId(), Extension.authorityKeyIdentifier.getId());
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1" })
	void serverWhenAddressNamesAddress(String address) throws Exception {
		X509Certificate certificate = issue(CertificateRequest.server(address));
		assertThat(certificate.getSubjectAlternativeNames())
			.containsExactly(List.of(IP, InetAddress.getByName(address).getHostAddress()));
	}

	@Test
	void clientSaysWhatClientNeeds() throws Exception {
		X509Certificate certificate = issue(CertificateRequest.client("alice"));
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=alice");
		assertThat(certificate.getSubjectAlternativeNames()).isNull();
		assertThat(certificate.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
		assertThat(keyUsages(certificate)).containsExactly(0);
		assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
	}

	@Test
	void authoritySaysWhatAuthorityNeeds() throws Exception {
		X509Certificate certificate = this.root.certificate();
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=Root,O=Example");
		assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
		assertThat(certificate.getExtendedKeyUsage()).isNull();
		assertThat(keyUsages(certificate)).containsExactly(5, 6);
		assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder(Extension.keyUsage.getId(),
				Extension.basicConstraints.getId());
		assertThat(certificate.getNonCriticalExtensionOIDs()).containsExactly(Extension.subjectKeyIdentifier.getId());
	}

	@Test
	void keyIdentifiersLinkCertificateToIssuer() {
		X509Certificate certificate = issue(CertificateRequest.client("alice"));
		byte[] subjectKeyOfIssuer = this.root.certificate().getExtensionValue(Extension.subjectKeyIdentifier.getId());
		byte[] authorityKey = certificate.getExtensionValue(Extension.authorityKeyIdentifier.getId());
		assertThat(last20(authorityKey)).isEqualTo(last20(subjectKeyOfIssuer));
		assertThat(last20(certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId())))
			.isNotEqualTo(last20(authorityKey));
	}

	@Test
	void namesOfEveryTypeAreKept() throws Exception {
		X509Certificate certificate = issue(CertificateRequest.client("alice")
			.dns("a.example", "*.example")
			.uri("spiffe://td/a")
			.ip("10.1.2.3", "2001:db8::1")
			.email("alice@example.com"));
		assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(DNS, "a.example"),
				List.of(DNS, "*.example"), List.of(URI, "spiffe://td/a"), List.of(IP, "10.1.2.3"),
				List.of(IP, "2001:db8:0:0:0:0:0:1"), List.of(EMAIL, "alice@example.com"));
	}

	@Test
	void subjectPartsStandFromOutside() {
		X509Certificate certificate = issue(
				CertificateRequest.client("alice, \"x\"").organization("Example").organizationalUnit("Outer", "Inner"));
		assertThat(certificate.getSubjectX500Principal().getName())
			.isEqualTo("CN=alice\\, \\\"x\\\",OU=Inner,OU=Outer,O=Example");
	}

	@Test
	void subjectWhenEmptyMakesNamesCritical() {
		X509Certificate certificate = issue(CertificateRequest.client("alice").subject("").uri("spiffe://td/a"));
		assertThat(certificate.getSubjectX500Principal().getName()).isEmpty();
		assertThat(certificate.getCriticalExtensionOIDs()).contains(Extension.subjectAlternativeName.getId());
	}

	@Test
	void validityBeginsInPastAndIsInWholeSeconds() {
		X509Certificate certificate = issue(CertificateRequest.client("alice").validity(Duration.ofHours(1)));
		assertThat(certificate.getNotBefore().toInstant()).isEqualTo("2030-01-01T11:55:00Z");
		assertThat(certificate.getNotAfter().toInstant()).isEqualTo("2030-01-01T13:00:00Z");
	}

	@Test
	void validityWhenSetIsTakenAsItIs() {
		Instant begin = Instant.parse("1999-12-31T23:59:59Z");
		Instant end = Instant.parse("9999-12-31T23:59:59Z");
		X509Certificate certificate = issue(CertificateRequest.client("alice").notBefore(begin).notAfter(end));
		assertThat(certificate.getNotBefore().toInstant()).isEqualTo(begin);
		assertThat(certificate.getNotAfter().toInstant()).isEqualTo(end);
	}

	@Test
	void validityWhenLocaleHasOtherCalendarIsTheSame() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("th-TH"));
		try {
			assertThat(issue(CertificateRequest.client("alice")).getNotAfter().toInstant())
				.isEqualTo("2031-01-01T12:00:00Z");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void serialNumberIsPositiveAndLong() {
		BigInteger serialNumber = issue(CertificateRequest.client("alice")).getSerialNumber();
		assertThat(serialNumber).isPositive();
		assertThat(serialNumber.bitLength()).isEqualTo(128);
	}

	@Test
	void serialNumberWhenSetIsKept() {
		assertThat(issue(CertificateRequest.client("alice").serialNumber(BigInteger.TEN)).getSerialNumber())
			.isEqualTo(10);
	}

	@ParameterizedTest
	@CsvSource({ "RSA_2048, 2048", "RSA_3072, 3072" })
	void keyTypeWhenRsaMakesModulus(KeyType keyType, int bits) {
		X509Certificate certificate = issue(CertificateRequest.client("alice").keyType(keyType));
		assertThat(((RSAPublicKey) certificate.getPublicKey()).getModulus().bitLength()).isEqualTo(bits);
	}

	@ParameterizedTest
	@CsvSource({ "RSA, 1024", "DSA, 1024" })
	void keyPairWhenWeakIsUsed(String algorithm, int bits) throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
		generator.initialize(bits);
		KeyPair key = generator.generateKeyPair();
		IssuedCertificate issued = this.root.issue(CertificateRequest.client("alice").keyPair(key).build());
		assertThat(issued.certificate().getPublicKey()).isEqualTo(key.getPublic());
		assertThat(issued.privateKey()).isEqualTo(key.getPrivate());
	}

	@ParameterizedTest
	@ValueSource(strings = { "SHA1withRSA", "MD5withRSA", "SHA384withRSA" })
	void signatureAlgorithmIsUsed(String algorithm) throws Exception {
		CertificateRequest request = CertificateRequest.authority("CN=Root")
			.keyType(KeyType.RSA_2048)
			.signatureAlgorithm(algorithm)
			.build();
		X509Certificate certificate = CertificateAuthority.create(request, InstantSource.fixed(NOW)).certificate();
		assertThat(certificate.getSigAlgName()).isEqualTo(algorithm);
		certificate.verify(certificate.getPublicKey());
	}

	@Test
	void pathLengthMakesAuthority() {
		assertThat(issue(CertificateRequest.client("alice").pathLength(3)).getBasicConstraints()).isEqualTo(3);
	}

	@Test
	void usagesReplaceThoseThereAre() throws Exception {
		X509Certificate certificate = issue(CertificateRequest.client("alice")
			.keyUsage(KeyUsage.KEY_ENCIPHERMENT, KeyUsage.KEY_AGREEMENT)
			.extendedKeyUsage(ExtendedKeyUsage.ANY, ExtendedKeyUsage.CODE_SIGNING));
		assertThat(keyUsages(certificate)).containsExactly(2, 4);
		assertThat(certificate.getExtendedKeyUsage()).containsExactly("2.5.29.37.0", "1.3.6.1.5.5.7.3.3");
	}

	@Test
	void withoutLeavesOut() {
		X509Certificate certificate = issue(CertificateRequest.client("alice")
			.withoutKeyUsage()
			.withoutExtendedKeyUsage()
			.withoutBasicConstraints()
			.withoutKeyIdentifiers());
		assertThat(certificate.getVersion()).isEqualTo(3);
		assertThat(certificate.getCriticalExtensionOIDs()).isNullOrEmpty();
		assertThat(certificate.getNonCriticalExtensionOIDs()).isNullOrEmpty();
	}

	@Test
	void extensionIsAddedAsItIs() {
		byte[] der = { 5, 0 };
		X509Certificate certificate = issue(CertificateRequest.client("alice").extension("1.2.3.4", true, der));
		assertThat(certificate.getExtensionValue("1.2.3.4")).isEqualTo(new byte[] { 4, 2, 5, 0 });
		assertThat(certificate.getCriticalExtensionOIDs()).contains("1.2.3.4");
	}

	@Test
	void extensionReplacesStandardOne() {
		byte[] der = { 5, 0 };
		String oid = Extension.subjectKeyIdentifier.getId();
		X509Certificate certificate = issue(CertificateRequest.client("alice").extension(oid, false, der));
		assertThat(certificate.getExtensionValue(oid)).isEqualTo(new byte[] { 4, 2, 5, 0 });
	}

	@Test
	void version1HasNoExtensions() {
		X509Certificate certificate = issue(CertificateRequest.server("localhost").version1());
		assertThat(certificate.getVersion()).isEqualTo(1);
		assertThat(certificate.getNonCriticalExtensionOIDs()).isNull();
	}

	@Test
	void buildCopiesBuilder() throws Exception {
		CertificateRequest.Builder builder = CertificateRequest.client("alice").dns("a.example");
		CertificateRequest request = builder.build();
		builder.commonName("bob").dns("b.example").withoutKeyUsage();
		X509Certificate certificate = this.root.issue(request).certificate();
		assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=alice");
		assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(DNS, "a.example"));
		assertThat(certificate.getKeyUsage()).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "10.0.0.0/8", "10.0.0", "::1%eth0", "" })
	void ipWhenNoAddressFails(String value) {
		assertThatFails((request) -> request.ip(value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "bücher.example" })
	void nameWhenEmptyOrNotAsciiFails(String value) {
		assertThatFails((request) -> request.dns(value));
		assertThatFails((request) -> request.uri(value));
		assertThatFails((request) -> request.email(value));
	}

	@Test
	void valueWhenWrongFails() {
		assertThatFails((request) -> request.validity(Duration.ZERO));
		assertThatFails((request) -> request.validity(Duration.ofSeconds(-1)));
		assertThatFails((request) -> request.pathLength(-1));
		assertThatFails(CertificateRequest.Builder::extendedKeyUsage);
		assertThatFails((request) -> request.subject("alice"));
		assertThatFails((request) -> request.extension("alice", true, new byte[0]));
	}

	private static void assertThatFails(Consumer<CertificateRequest.Builder> change) {
		CertificateRequest.Builder request = CertificateRequest.client("alice");
		assertThatIllegalArgumentException().isThrownBy(() -> change.accept(request));
	}

	private X509Certificate issue(CertificateRequest.Builder request) {
		return this.root.issue(request.build()).certificate();
	}

	private static List<Integer> keyUsages(X509Certificate certificate) {
		boolean[] bits = certificate.getKeyUsage();
		return IntStream.range(0, bits.length).filter((bit) -> bits[bit]).boxed().toList();
	}

	private static byte[] last20(byte[] bytes) {
		return Arrays.copyOfRange(bytes, bytes.length - 20, bytes.length);
	}

}
