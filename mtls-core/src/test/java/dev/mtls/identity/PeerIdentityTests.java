package dev.mtls.identity;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PeerIdentity}.
 */
class PeerIdentityTests {

	private static final ASN1ObjectIdentifier USER_PRINCIPAL_NAME = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3");

	@Test
	void ofReturnsWhatCertificateSays() throws Exception {
		X509Certificate certificate = CertificateFixture.certificate("ou:payments", "ou:ops", "cn:client",
				"dns:Api.example.com", "dns:*.example.com", "uri:spiffe://td/a", "email:ops@example.com",
				"ip:192.0.2.1", "ip:2001:db8::1");
		PeerIdentity identity = PeerIdentity.of(certificate);
		assertThat(identity.subject()).isEqualTo("CN=client,OU=ops,OU=payments");
		assertThat(identity.commonName()).isEqualTo("client");
		assertThat(identity.organizationalUnits()).containsExactly("payments", "ops");
		assertThat(identity.dnsNames()).containsExactly("Api.example.com", "*.example.com");
		assertThat(identity.uris()).containsExactly("spiffe://td/a");
		assertThat(identity.ipAddresses()).containsExactly(InetAddress.getByName("192.0.2.1"),
				InetAddress.getByName("2001:db8::1"));
		assertThat(identity.emailAddresses()).containsExactly("ops@example.com");
		assertThat(identity.spiffeId()).isEqualTo(new SpiffeId("td", "/a"));
		assertThat(identity.serialNumber()).isEqualTo(BigInteger.TEN);
		assertThat(identity.issuer()).isEqualTo("O=Example,CN=Test CA");
		assertThat(identity.fingerprint()).isEqualTo(sha256(certificate.getEncoded()));
		assertThat(identity.keyDigest()).isEqualTo(sha256(CertificateFixture.publicKey()));
		assertThat(identity.notBefore()).isEqualTo(CertificateFixture.NOT_BEFORE);
		assertThat(identity.notAfter()).isEqualTo(CertificateFixture.NOT_AFTER);
	}

	@Test
	void ofWhenSubjectIsEmptyReturnsAlternativeNames() {
		PeerIdentity identity = PeerIdentity.of(CertificateFixture.withAlternativeNames(new X500NameBuilder().build(),
				names(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://td/a"))));
		assertThat(identity.subject()).isEmpty();
		assertThat(identity.commonName()).isNull();
		assertThat(identity).extracting(PeerIdentity::displayName).isEqualTo("spiffe://td/a");
	}

	@Test
	void ofWhenCertificateHasNoAlternativeNamesReturnsNone() {
		PeerIdentity identity = CertificateFixture.identity();
		assertThat(identity.subject()).isEqualTo("O=Example");
		assertThat(identity.commonName()).isNull();
		assertThat(identity.spiffeId()).isNull();
		assertThat(identity.dnsNames()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "cn:a cn:b", "cn:a cn:a", "cn:", "ou:a" })
	void ofWhenSubjectHasNoSingleCommonNameReturnsNone(String names) {
		assertThat(CertificateFixture.identity(names.split(" ")).commonName()).isNull();
	}

	@Test
	void ofWhenCommonNamesShareOneRdnReturnsNone() {
		X500Name subject = new X500NameBuilder()
			.addMultiValuedRDN(new ASN1ObjectIdentifier[] { BCStyle.CN, BCStyle.CN }, new String[] { "a", "b" })
			.build();
		assertThat(PeerIdentity.of(CertificateFixture.withSubject(subject)).commonName()).isNull();
	}

	@Test
	void ofWhenCommonNameIsBmpStringReturnsIt() {
		assertThat(identityOf(new DERBMPString("B\u00fccher")).commonName()).isEqualTo("B\u00fccher");
	}

	@ParameterizedTest
	@ValueSource(strings = { "uri:spiffe://td/a uri:spiffe://td/b", "uri:spiffe://td/a uri:https://example.com",
			"uri:https://example.com", "uri:spiffe://TD/a", "uri:spiffe://td/a/", "dns:spiffe://td/a" })
	void ofWhenCertificateHasNotOneValidSpiffeIdReturnsNone(String names) {
		assertThat(CertificateFixture.identity(names.split(" ")).spiffeId()).isNull();
	}

	@Test
	void ofWhenNamesAreOfOtherTypesIgnoresThem() {
		PeerIdentity identity = PeerIdentity.of(CertificateFixture.withAlternativeNames(names(
				new GeneralName(GeneralName.otherName, new OtherName(USER_PRINCIPAL_NAME, new DERUTF8String("a@b"))),
				new GeneralName(GeneralName.directoryName, "CN=api.example.com"),
				new GeneralName(GeneralName.registeredID, "1.2.3"),
				new GeneralName(GeneralName.dNSName, "api.example.com"))));
		assertThat(identity.dnsNames()).containsExactly("api.example.com");
		assertThat(identity.commonName()).isEqualTo("a");
		assertThat(identity.emailAddresses()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dns:a\u0000b", "dns:api.example.com\u0000.evil.org", "dns:a\nb", "dns:a\u007fb",
			"dns:b\u00fccher.example", "dns:", "uri:https://a/\u0000", "uri:https://a/\r\n", "uri:spiffe://td/a\u0000",
			"uri:https://b\u00fccher", "uri:", "email:a\u0000@example.com", "email:a@example.com\n", "email:",
			"cn:a\u0000b", "cn:a\nb", "ou:a\u0000b", "ou:a\u0085b" })
	void ofWhenNameHoldsWhatNoNameMayHoldThrowsException(String name) {
		assertMalformed(CertificateFixture.certificate("dns:good.example.com", name));
	}

	@Test
	void ofWhenNamesAreAtTheirLimitAcceptsAndBeyondThrowsException() {
		assertAcceptedAndMalformed("dns:" + "a".repeat(253));
		assertAcceptedAndMalformed("uri:a:" + "b".repeat(2046));
		assertAcceptedAndMalformed("email:" + "a".repeat(320));
	}

	@Test
	void ofWhenNumberOfNamesIsAtItsLimitAcceptsAndBeyondThrowsException() {
		List<String> names = new ArrayList<>(Collections.nCopies(1024, "dns:a"));
		assertThat(CertificateFixture.identity(names.toArray(String[]::new)).dnsNames()).hasSize(1024);
		names.add("ip:192.0.2.1");
		assertMalformed(CertificateFixture.certificate(names.toArray(String[]::new)));
	}

	@Test
	void ofWhenNumberOfNamesOfOtherTypesIsBeyondLimitThrowsException() {
		GeneralName name = new GeneralName(GeneralName.registeredID, "1.2.3");
		assertMalformed(CertificateFixture
			.withAlternativeNames(names(Collections.nCopies(1025, name).toArray(GeneralName[]::new))));
	}

	@Test
	void ofWhenSizeOfNamesIsAtItsLimitAcceptsAndBeyondThrowsException() {
		assertThat(PeerIdentity.of(CertificateFixture.withAlternativeNames(otherName(64 * 1024))).uris()).isEmpty();
		assertMalformed(CertificateFixture.withAlternativeNames(otherName(64 * 1024 + 1)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                       | no bytes
			3000                     | no name
			0500                     | NULL
			0403820161               | an OCTET STRING around it
			30048201                 | the end is missing
			3003820161ff             | a byte after the end
			3004820161ff             | a byte that belongs to nothing
			30808201610000           | indefinite length
			308103820161             | a length in two bytes where one does
			300482810161             | the same inside
			3005a203160161           | an explicit tag
			3003020161               | an INTEGER
			3003420161               | an application tag
			3003890161               | a tag that no type has
			3003c20161               | a private tag
			300587037f0000           | an IP address of three bytes
			300a8708c0000201ffffffff | an IP address with a mask
			30028700                 | an IP address of no byte
			3003a40161               | a directory name that is none
			3003880180               | an object identifier that is none
			""")
	void ofWhenAlternativeNamesAreMalformedThrowsException(String hex, String what) {
		assertThat(what).isNotEmpty();
		assertMalformed(CertificateFixture.withAlternativeNames(hex));
	}

	@Test
	void ofWhenAlternativeNamesAreDeeplyNestedThrowsException() {
		byte[] nested = new byte[0];
		for (int i = 0; i < 10_000; i++) {
			nested = wrapped(nested);
		}
		byte[] value = nested;
		assertMalformed(CertificateFixture.withAlternativeNames(value));
	}

	@Test
	void ofWhenOneOfTwoAlternativeNamesIsMalformedThrowsException() throws Exception {
		byte[] good = names(new GeneralName(GeneralName.dNSName, "api.example.com"));
		X509Certificate certificate = CertificateFixture.withTwoAlternativeNames(good, new byte[] { 0x30 });
		assertThat(certificate.getSubjectAlternativeNames()).as("what the JDK returns").hasSize(1);
		assertMalformed(certificate);
	}

	@ParameterizedTest
	@MethodSource
	void ofWhenCommonNameIsNoReadableTextThrowsException(ASN1Encodable value) {
		assertMalformed(CertificateFixture.withSubject(subject(value)));
	}

	static Stream<ASN1Encodable> ofWhenCommonNameIsNoReadableTextThrowsException() {
		return Stream.of(new DERBMPString("a\u0000"), new DERPrintableString("a\u0000"),
				new DEROctetString(new byte[1]), new DERUniversalString("a".getBytes(StandardCharsets.UTF_8)),
				new DERSequence());
	}

	@Test
	void ofWhenSubjectIsAtItsLimitAcceptsAndBeyondThrowsException() {
		int overhead = CertificateFixture.encoded(subject(new DERUTF8String("a".repeat(8000)))).length - 8000;
		int longest = 8 * 1024 - overhead;
		assertThat(identityOf(new DERUTF8String("a".repeat(longest))).commonName()).hasSize(longest);
		assertMalformed(CertificateFixture.withSubject(subject(new DERUTF8String("a".repeat(longest + 1)))));
	}

	@Test
	void ofWhenSerialNumberIsAbsurdThrowsException() {
		assertThat(PeerIdentity.of(CertificateFixture.withSerialNumber(BigInteger.ONE.shiftLeft(159))).serialNumber())
			.isPositive();
		assertMalformed(CertificateFixture.withSerialNumber(BigInteger.ONE.shiftLeft(100_000)));
	}

	@Test
	void ofWhenMalformedNamesCertificateAndEscapesName() {
		X509Certificate certificate = CertificateFixture.certificate("dns:a\nb");
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> PeerIdentity.of(certificate))
			.satisfies((ex) -> assertThat(ex.place()).endsWith(sha256(certificate.getEncoded())))
			.satisfies((ex) -> assertThat(ex.problem()).contains("a\\u000ab"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			cn:client dns:a.example.com uri:spiffe://td/a                   | spiffe://td/a
			cn:client dns:a.example.com uri:spiffe://td/a uri:spiffe://td/b | a.example.com
			cn:client dns:a.example.com dns:b.example.com                   | a.example.com
			cn:client uri:https://example.com                               | client
			ou:ops cn:client                                                | client
			ou:ops cn:a cn:b                                                | CN=b,CN=a,OU=ops
			ou:ops                                                          | OU=ops
			cn:a\u202eb                                                     | a\\u202eb
			""")
	void displayNameReturnsFirstOfSpiffeIdDnsNameCommonNameSubject(String names, String displayName) {
		assertThat(CertificateFixture.identity(names.split(" ")).displayName()).isEqualTo(displayName);
	}

	@Test
	void displayNameWhenCommonNameIsLongIsBounded() {
		assertThat(CertificateFixture.identity("cn:" + "a".repeat(5000)).displayName()).hasSize(1024);
	}

	@Test
	void toStringHoldsNoRawName() {
		assertThat(CertificateFixture.identity("cn:a\u202eb").toString()).contains("displayName=a\\u202eb")
			.contains("serialNumber=a,")
			.contains("issuer=O=Example,CN=Test CA")
			.doesNotContain("\u202e");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			2025-12-31T23:59:59.999Z | false | PT744H0.001S
			2026-01-01T00:00:00Z     | true  | PT744H
			2026-01-31T23:59:59Z     | true  | PT1S
			2026-02-01T00:00:00Z     | true  | PT0S
			2026-02-01T00:00:00.001Z | false | PT0S
			""")
	void isValidAndTimeToLiveFollowValidityPeriod(Instant now, boolean valid, Duration timeToLive) {
		PeerIdentity identity = CertificateFixture.identity("cn:a");
		assertThat(identity.isValid(now)).isEqualTo(valid);
		assertThat(identity.timeToLive(now)).isEqualTo(timeToLive);
	}

	@Test
	void createCopiesLists() {
		List<String> dnsNames = new ArrayList<>(List.of("a"));
		PeerIdentity identity = create(dnsNames, List.of(), null, "0".repeat(64));
		dnsNames.add("b");
		assertThat(identity.dnsNames()).containsExactly("a").isUnmodifiable();
	}

	@Test
	void createWhenValuesContradictThrowsException() {
		SpiffeId spiffeId = new SpiffeId("td", "/a");
		String digest = "0".repeat(64);
		assertThat(create(List.of(), List.of("spiffe://td/a"), spiffeId, digest).spiffeId()).isEqualTo(spiffeId);
		assertThatIllegalArgumentException().isThrownBy(() -> create(List.of(), List.of(), spiffeId, digest));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> create(List.of(), List.of("spiffe://td/a"), null, digest));
		assertThatIllegalArgumentException().isThrownBy(() -> create(List.of("\u212a"), List.of(), null, digest));
		assertThatIllegalArgumentException().isThrownBy(() -> create(List.of(), List.of(), null, "A".repeat(64)));
	}

	private static PeerIdentity create(List<String> dnsNames, List<String> uris, @Nullable SpiffeId spiffeId,
			String digest) {
		return new PeerIdentity("CN=a", "a", List.of(), dnsNames, uris, List.of(), List.of(), spiffeId, BigInteger.ONE,
				"CN=b", digest, digest, CertificateFixture.NOT_BEFORE, CertificateFixture.NOT_AFTER);
	}

	private static PeerIdentity identityOf(ASN1Encodable commonName) {
		return PeerIdentity.of(CertificateFixture.withSubject(subject(commonName)));
	}

	private static X500Name subject(ASN1Encodable commonName) {
		return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
	}

	private static byte[] names(GeneralName... names) {
		return CertificateFixture.encoded(new GeneralNames(names));
	}

	private static byte[] otherName(int size) {
		int overhead = 36;
		for (int i = 0; i < 2; i++) {
			byte[] names = names(new GeneralName(GeneralName.otherName,
					new OtherName(USER_PRINCIPAL_NAME, new DEROctetString(new byte[size - overhead]))));
			if (names.length == size) {
				return names;
			}
			overhead += names.length - size;
		}
		throw new IllegalArgumentException("No other name has the size " + size);
	}

	private static byte[] wrapped(byte[] value) {
		byte[] header = (value.length < 0x80) ? new byte[] { 0x30, (byte) value.length }
				: new byte[] { 0x30, (byte) 0x82, (byte) (value.length >> 8), (byte) value.length };
		byte[] wrapped = Arrays.copyOf(header, header.length + value.length);
		System.arraycopy(value, 0, wrapped, header.length, value.length);
		return wrapped;
	}

	private static void assertAcceptedAndMalformed(String longest) {
		assertThat(CertificateFixture.identity(longest)).isNotNull();
		assertMalformed(CertificateFixture.certificate(longest + "a"));
	}

	private static void assertMalformed(X509Certificate certificate) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> PeerIdentity.of(certificate))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.IDENTITY_MALFORMED));
	}

	private static String sha256(byte[] bytes) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
	}

}
