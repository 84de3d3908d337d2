package dev.mtls.revocation;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.authority.KeyUsage;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CrlDocument#verify}: CRLs, and the verdict.
 */
class CrlVerificationTests {

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	private static final CertificateAuthority RSA_CA = CrlFixture
		.authority(CertificateRequest.authority("CN=RSA").keyType(KeyType.RSA_2048));

	private static final ASN1ObjectIdentifier PRIVATE = new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1");

	@ParameterizedTest(name = "{0}")
	@MethodSource({ "issuers", "algorithms", "extensions", "entries", "deltas" })
	void verifyReturnsVerdict(String name, byte[] der, CertificateAuthority issuer, String problem) {
		Verdict<Crl> verdict = CrlFixture.document(der).verify(issuer.certificate());
		if (problem.isEmpty()) {
			CrlFixture.accepted(verdict);
			return;
		}
		CrlFixture.assertRefused(verdict, Reason.CRL_INVALID, problem);
		CrlFixture.assertRefused(verdict, Reason.CRL_INVALID, "CRL test.crl of CN=");
	}

	static Stream<Arguments> issuers() {
		CertificateAuthority other = CrlFixture.authority("Other");
		CertificateAuthority impostor = CrlFixture.authority("Root");
		CertificateAuthority plain = CrlFixture.authority(plainAuthority());
		CertificateAuthority plainImpostor = CrlFixture.authority(plainAuthority());
		CertificateAuthority plainRsa = CrlFixture.authority(plainAuthority().keyType(KeyType.RSA_2048));
		CertificateAuthority certificatesOnly = CrlFixture
			.authority(CertificateRequest.authority("CN=Root").keyUsage(KeyUsage.KEY_CERT_SIGN));
		CertificateAuthority crlsOnly = CrlFixture
			.authority(CertificateRequest.authority("CN=Root").keyUsage(KeyUsage.CRL_SIGN, KeyUsage.KEY_CERT_SIGN));
		CertificateAuthority anyUsage = CrlFixture.authority(CertificateRequest.authority("CN=Root").withoutKeyUsage());
		CertificateAuthority malformedUsage = CrlFixture.authority(CertificateRequest.authority("CN=Root")
			.withoutKeyUsage()
			.extension("2.5.29.15", false, new byte[] { 4, 0 }));
		AuthorityKeyIdentifier wrongKey = new AuthorityKeyIdentifier(new byte[] { 1, 2, 3 });
		return Stream.of(accepted("issuer", crl(CA), CA), refused("other name", crl(CA), other, "did not issue it"),
				refused("other key", crl(plain), plainImpostor, "not signed with the key"),
				refused("other kind of key", crl(plain), plainRsa, "not signed with the key"),
				refused("other key identifier",
						CrlFixture.crl(CA).extension(Extension.authorityKeyIdentifier, false, wrongKey), CA,
						"did not issue it"),
				accepted("right key identifier",
						CrlFixture.crl(CA).extension(Extension.authorityKeyIdentifier, false, keyIdentifier(CA)), CA),
				refused("key identifier of an impostor",
						CrlFixture.crl(CA).extension(Extension.authorityKeyIdentifier, false, keyIdentifier(CA)),
						impostor, "did not issue it"),
				accepted("key identifier, and none in the certificate",
						CrlFixture.crl(plain).extension(Extension.authorityKeyIdentifier, false, wrongKey), plain),
				refused("no cRLSign", crl(certificatesOnly), certificatesOnly, "does not hold cRLSign"),
				accepted("cRLSign", crl(crlsOnly), crlsOnly), accepted("no key usage", crl(anyUsage), anyUsage),
				refused("malformed key usage", crl(malformedUsage), malformedUsage,
						"key usage of its issuer is malformed"));
	}

	static Stream<Arguments> algorithms() {
		return Stream.of(accepted("SHA-256 with RSA", crl(RSA_CA), RSA_CA),
				accepted("SHA-384 with ECDSA", crl(CA).signedWith("SHA384withECDSA"), CA),
				accepted("SHA3-256 with RSA", crl(RSA_CA).signedWith("SHA3-256withRSA"), RSA_CA),
				accepted("PSS with SHA-256", crl(RSA_CA).signedWith("PSS-SHA256"), RSA_CA),
				refused("PSS with SHA-1", crl(RSA_CA).signedWith("PSS-SHA1"), RSA_CA, "weak algorithm"),
				refused("SHA-1 with RSA", crl(RSA_CA).signedWith("SHA1withRSA"), RSA_CA, "weak algorithm"),
				refused("MD5 with RSA", crl(RSA_CA).signedWith("MD5withRSA"), RSA_CA, "weak algorithm"),
				refused("SHA-1 with ECDSA", crl(CA).signedWith("SHA1withECDSA"), CA, "weak algorithm"),
				Arguments.of("unknown algorithm", withAlgorithm("30050603550101").der(), CA, "algorithm"),
				Arguments.of("empty algorithm", withAlgorithm("3000").der(), CA, "unknown algorithm"),
				Arguments.of("nested algorithm",
						withAlgorithm(RawCrl.tlv("30", "06082a8648ce3d040302" + "3080".repeat(200) + "0000".repeat(40)))
							.der(),
						CA, "algorithm"));
	}

	static Stream<Arguments> extensions() {
		DistributionPointName relative = new DistributionPointName(DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER,
				new X500Name("CN=1").getRDNs()[0]);
		DistributionPointName directory = new DistributionPointName(
				new GeneralNames(new GeneralName(new X500Name("CN=Root"))));
		return Stream.of(
				refused("unknown critical", crl(CA).extension(PRIVATE, true, DERNull.INSTANCE), CA,
						"critical extension 1.3.6.1.4.1.55555.1 is not supported"),
				accepted("unknown", crl(CA).extension(PRIVATE, false, DERNull.INSTANCE), CA),
				refused("critical freshest CRL", crl(CA).extension(Extension.freshestCRL, true, DERNull.INSTANCE), CA,
						"critical extension 2.5.29.46"),
				refused("indirect", scope(new IssuingDistributionPoint(null, true, false)), CA, "indirect CRL"),
				refused("attribute certificates", scope(new IssuingDistributionPoint(null, false, true)), CA,
						"attribute certificates only"),
				refused("some reasons",
						scope(new IssuingDistributionPoint(null, false, false,
								new ReasonFlags(ReasonFlags.keyCompromise), false, false)),
						CA, "some reasons"),
				Arguments.of("users only and CAs only",
						new RawCrl(CA).extensions(RawCrl.extension("1c", "0101ff", "30068101ff8201ff")).der(), CA,
						"user certificates only and of CA certificates only"),
				refused("relative name", crl(CA).scope(relative, false, false), CA, "relative to the issuer"),
				accepted("users only", crl(CA).scope(null, true, false), CA),
				accepted("CAs only", crl(CA).scope(null, false, true), CA),
				accepted("URI", crl(CA).scope(CrlFixture.name("http://crl.example.com/"), false, false), CA),
				accepted("directory name", crl(CA).scope(directory, false, false), CA));
	}

	static Stream<Arguments> entries() {
		String critical = "0101ff";
		String reason = RawCrl.extension("15", "", "0a0101");
		return Stream
			.of(entry("plain", RawCrl.ENTRY, ""),
					entry("date after 2050", RawCrl.tlv("30", "020101" + RawCrl.generalizedTime("20510101000000Z")),
							""),
					entry("reason", RawCrl.entry("01", reason), ""),
					entry("critical reason", RawCrl.entry("01", RawCrl.extension("15", critical, "0a0101")), ""),
					entry("unheard-of reason", RawCrl.entry("01", RawCrl.extension("15", "", "0a0163")), ""),
					entry("critical invalidity date",
							RawCrl.entry("01",
									RawCrl.extension("18", critical, RawCrl.generalizedTime("20261120120000Z"))),
							""),
					entry("unknown extension", RawCrl.entry("01", RawCrl.extension("63", "", "0500")), ""),
					entry("unknown critical extension", RawCrl.entry("01", RawCrl.extension("63", critical, "0500")),
							"critical extension 2.5.29.99 of an entry"),
					entry("unknown critical extension of long identifier",
							RawCrl.entry("01",
									RawCrl.tlv("30", "06062b0601040163" + critical + "04020500")),
							"critical extension 1.3.6.1.4.1.99 of an entry"),
					entry("unknown critical extension of the last entry",
							RawCrl.ENTRY.repeat(99)
									+ RawCrl.entry("01", reason + RawCrl.extension("63", critical, "0500")),
							"critical extension 2.5.29.99 of an entry"),
					entry("certificate issuer", RawCrl.entry("01", RawCrl.extension("1d", critical, "3000")),
							"indirect CRL: an entry names another issuer"),
					entry("certificate issuer, not critical", RawCrl.entry("01", RawCrl.extension("1d", "", "3000")),
							"indirect CRL: an entry names another issuer"),
					entry("removal", RawCrl.entry("01", RawCrl.extension("15", "", "0a0108")), "an entry is removed"),
					entry("two reasons", RawCrl.entry("01", reason + reason), "two reasons"),
					entry("reason of two octets", RawCrl.entry("01", RawCrl.extension("15", "", "0a020101")),
							"2 octets"),
					entry("reason that is an integer", RawCrl.entry("01", RawCrl.extension("15", "", "020101")),
							"tag 0a was expected"),
					entry("no reason", RawCrl.entry("01", RawCrl.extension("15", "", "")), "tag 0a was expected"),
					entry("critical is 1", RawCrl.entry("01", RawCrl.extension("63", "010101", "0500")),
							"boolean at byte"),
					entry("extension followed", RawCrl.entry("01", RawCrl.tlv("30", "0603551d63" + "0400" + "0500")),
							"more than was expected"),
					entry("serial of 20 octets", RawCrl.entry("7f".repeat(20), ""), ""),
					entry("serial of 20 octets and a sign", RawCrl.entry("00" + "ff".repeat(20), ""), ""),
					entry("serial of 22 octets", RawCrl.entry("7f".repeat(22), ""), "22 octets"),
					entry("serial zero", RawCrl.entry("00", ""), ""),
					entry("negative serial", RawCrl.entry("80", ""), ""),
					entry("no serial", RawCrl.entry("", ""), "0 octets"),
					entry("serial not minimal", RawCrl.entry("0001", ""), "is not DER"),
					entry("negative serial not minimal", RawCrl.entry("ff80", ""), "is not DER"),
					entry("no date", RawCrl.tlv("30", "020101"), "tag 17 was expected"),
					entry("date that is a number", RawCrl.tlv("30", "020101020101"), "tag 17 was expected"),
					entry("date first", RawCrl.tlv("30", RawCrl.TIME + "020101"), "tag 02 was expected"),
					entry("entry followed", RawCrl.tlv("30", "020101" + RawCrl.TIME + "3000" + "3000"),
							"more than was expected"),
					entry("no sequence", "020101", "tag 30 was expected"),
					entry("indefinite length", "3080" + "020101" + RawCrl.TIME + "0000", "length at byte"),
					entry("overlong length", "308112" + "020101" + RawCrl.TIME, "length at byte"),
					entry("length with leading zero", "30820012" + "020101" + RawCrl.TIME, "length at byte"),
					entry("length of five octets", "308500000000120201010500", "length at byte"),
					entry("negative length", "3084ffffffff0201010500", "length at byte"),
					entry("length beyond the end", "307f" + "020101" + RawCrl.TIME, "truncated"),
					entry("serial beyond the entry", RawCrl.tlv("30", "0215" + "01" + RawCrl.TIME), "truncated"),
					entry("nothing but a tag", "30", "truncated"), entry("half a length", "308201", "length at byte"));
	}

	static Stream<Arguments> deltas() {
		return Stream.of(accepted("delta", crl(CA).number(2).deltaFrom(1), CA),
				accepted("delta that removes", crl(CA).remove(1).number(2).deltaFrom(1), CA),
				refused("delta without number", crl(CA).deltaFrom(1), CA, "delta CRL without a number"));
	}

	@Test
	void verifyWhenSignatureIsWrongDoesNotReadEntries() {
		byte[] der = new RawCrl(CA).entries("020101").der();
		der[der.length - 1] ^= 1;
		CrlFixture.assertRefused(CrlFixture.document(der).verify(CA.certificate()), Reason.CRL_INVALID,
				"not signed with the key");
	}

	@Test
	void verifyWhenEd25519Accepts() throws GeneralSecurityException {
		KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		CertificateAuthority authority = CrlFixture.authority("Edwards");
		byte[] der = crl(authority).signedWith("Ed25519").der(key.getPrivate());
		CertificateAuthority issuer = CrlFixture.authority("Parent");
		var certificate = issuer.issue(CertificateRequest.authority("CN=Edwards").build(), key.getPublic()).get(0);
		assertThat(CrlFixture.accepted(CrlFixture.document(der).verify(certificate)).size()).isEqualTo(1);
		CrlFixture.assertRefused(CrlFixture.document(der).verify(authority.certificate()), Reason.CRL_INVALID,
				"not signed with the key");
	}

	@Test
	void verifyWhenAcceptedHoldsHeader() {
		Crl crl = crl(CA).number(7).verified();
		assertThat(crl.issuer()).isEqualTo(CA.certificate().getSubjectX500Principal());
		assertThat(crl.place()).isEqualTo("test.crl");
		assertThat(crl.number()).isEqualTo(BigInteger.valueOf(7));
		assertThat(crl.thisUpdate()).isEqualTo(CrlFixture.NOW);
		assertThat(crl.nextUpdate()).isEqualTo(CrlFixture.NOW.plus(CrlFixture.DAY));
		assertThat(crl.isDelta()).isFalse();
		assertThat(crl.size()).isEqualTo(1);
		assertThat(crl).hasToString("CRL of CN=Root");
		assertThat(crl(CA).number(8).deltaFrom(7).verified()).hasToString("delta CRL of CN=Root")
			.satisfies((delta) -> assertThat(delta.isDelta()).isTrue());
		assertThat(CrlFixture.crl(CA, CrlFixture.NOW, null).verified().number()).isNull();
	}

	@Test
	void verifyWhenTruncatedAnywhereIsNoCrl() {
		byte[] der = small();
		for (int length = 0; length < der.length; length++) {
			byte[] truncated = Arrays.copyOf(der, length);
			assertThat(outcome(truncated)).as("%d bytes", length).isEqualTo("no CRL");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x01, 0x80, 0xff })
	void verifyWhenByteChangedNeverAccepts(int change) {
		byte[] der = small();
		for (int i = 0; i < der.length; i++) {
			byte[] changed = der.clone();
			changed[i] ^= (byte) change;
			assertThat(outcome(changed)).as("byte %d", i).isNotEqualTo("accepted");
		}
		assertThat(outcome(der)).isEqualTo("accepted");
	}

	@Test
	void verifyWhenSignedBytesAreAnyNeverThrows() {
		String entries = RawCrl.entry("7f01", RawCrl.extension("15", "0101ff", "0a0101")) + RawCrl.ENTRY;
		byte[] right = RawCrl.bytes(entries);
		for (int i = 0; i < right.length; i++) {
			for (int value : new int[] { 0x00, 0x7f, 0x80, 0x81, 0x84, 0xff }) {
				byte[] changed = right.clone();
				changed[i] = (byte) value;
				byte[] der = new RawCrl(CA).entries(RawCrl.hex(changed)).der();
				assertThat(outcome(der)).as("byte %d is %02x", i, value).isNotEqualTo("no CRL");
			}
		}
	}

	private static String outcome(byte[] der) {
		try {
			return (CrlFixture.document(der).verify(CA.certificate()) instanceof Verdict.Accepted) ? "accepted"
					: "refused";
		}
		catch (MtlsException ex) {
			assertThat(ex.reason()).isEqualTo(Reason.CRL_INVALID);
			return "no CRL";
		}
	}

	private static byte[] small() {
		return crl(CA).revoke(2, 3)
			.number(1)
			.scope(CrlFixture.name("http://crl.example.com/"), true, false)
			.extension(Extension.authorityKeyIdentifier, false, keyIdentifier(CA))
			.der();
	}

	private static CertificateRequest.Builder plainAuthority() {
		return CertificateRequest.authority("CN=Plain").withoutKeyIdentifiers();
	}

	private static CrlFixture crl(CertificateAuthority authority) {
		return CrlFixture.crl(authority).revoke(1);
	}

	private static CrlFixture scope(IssuingDistributionPoint point) {
		return crl(CA).extension(Extension.issuingDistributionPoint, true, point);
	}

	private static RawCrl withAlgorithm(String tlv) {
		return new RawCrl(CA).algorithm(tlv).outerAlgorithm(tlv);
	}

	private static AuthorityKeyIdentifier keyIdentifier(CertificateAuthority authority) {
		// An OCTET STRING in an OCTET STRING
		byte[] extension = authority.certificate().getExtensionValue(Extension.subjectKeyIdentifier.getId());
		return new AuthorityKeyIdentifier(Arrays.copyOfRange(extension, 4, extension.length));
	}

	private static Arguments entry(String name, String entries, String problem) {
		return Arguments.of("entry: " + name, new RawCrl(CA).entries(entries).der(), CA, problem);
	}

	private static Arguments accepted(String name, CrlFixture crl, CertificateAuthority issuer) {
		return Arguments.of(name, crl.der(), issuer, "");
	}

	private static Arguments refused(String name, CrlFixture crl, CertificateAuthority issuer, String problem) {
		return Arguments.of(name, crl.der(), issuer, problem);
	}

}
