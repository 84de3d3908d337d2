package dev.mtls.revocation;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.source.ContentHash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CrlDocument}: what is read before any signature.
 */
class CrlDocumentTests {

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	@Test
	void readWhenDerParsesHeader() {
		CrlDocument document = CrlFixture.crl(CA).revoke(1).document();
		assertThat(document.place()).isEqualTo("test.crl");
		assertThat(document.issuer()).isEqualTo(CA.certificate().getSubjectX500Principal());
		assertThat(document.thisUpdate()).isEqualTo(CrlFixture.NOW);
		assertThat(document.nextUpdate()).isEqualTo(CrlFixture.NOW.plus(CrlFixture.DAY));
		assertThat(document).hasToString("CrlDocument[test.crl of CN=Root]");
	}

	@Test
	void readWhenPemWithTextAroundItReadsEveryBlock() {
		byte[] first = CrlFixture.crl(CA).revoke(1).der();
		byte[] second = CrlFixture.crl(CA).revoke(2).der();
		String text = "\ufeffIssuer: CN=Root\n" + pem(first) + "between\n" + pem(second).replace("\n", "\r\n")
				+ CA.own().certificatePem() + "after\n";
		List<CrlDocument> documents = CrlDocument.read("test.pem", text.getBytes(StandardCharsets.UTF_8));
		assertThat(documents).containsExactly(CrlFixture.document(first), CrlFixture.document(second));
	}

	@Test
	void readWhenTextBeginsLikeDerReadsBlock() {
		byte[] der = CrlFixture.crl(CA).der();
		assertThat(CrlDocument.read("test.pem", ("0 is a digit\n" + pem(der)).getBytes(StandardCharsets.US_ASCII)))
			.containsExactly(CrlFixture.document(der));
	}

	@Test
	void readWhenBytesChangeLaterKeepsItsOwn() {
		byte[] der = CrlFixture.crl(CA).revoke(1).der();
		CrlDocument document = CrlFixture.document(der);
		Arrays.fill(der, (byte) 0);
		CrlFixture.accepted(document.verify(CA.certificate()));
	}

	@ParameterizedTest
	@MethodSource("garbage")
	void readWhenGarbageFails(byte[] content, String problem) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> CrlDocument.read("test.crl", content))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CRL_INVALID);
				assertThat(ex.place()).isEqualTo("test.crl");
				assertThat(ex.problem()).contains(problem);
			});
	}

	static Stream<Arguments> garbage() {
		byte[] der = CrlFixture.crl(CA).revoke(1).der();
		byte[] followed = Arrays.copyOf(der, der.length + 1);
		String pem = pem(der);
		return Stream.of(Arguments.of(new byte[0], "tag 30 was expected"),
				Arguments.of(new byte[] { 0x30 }, "truncated"),
				Arguments.of("no PEM".getBytes(StandardCharsets.US_ASCII), "tag 30 was expected"),
				Arguments.of(followed, "more than was expected"),
				Arguments.of(bytes(CA.own().certificatePem()), "no block named X509 CRL"),
				Arguments.of(bytes(pem.substring(0, pem.length() - 20)), "PEM block 1 is damaged"),
				Arguments.of(bytes(pem + "-----BEGIN X509 CRL\n"), "PEM block 2 is damaged"),
				Arguments.of(bytes(pem.replaceFirst("\nM", "\n%")), "PEM block 1 is damaged"),
				Arguments.of(certificate(), "was expected"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrongHeaders")
	void readWhenHeaderIsWrongFails(String name, RawCrl crl, String problem) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> CrlFixture.document(crl.der()))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.CRL_INVALID))
			.withMessageContaining(problem);
	}

	static Stream<Arguments> wrongHeaders() {
		String number = RawCrl.extension("14", "", "020101");
		return Stream.of(Arguments.of("version 3", raw().version("020102"), "neither 1 nor 2"),
				Arguments.of("version 1 said", raw().version("020100"), "neither 1 nor 2"),
				Arguments.of("version 1 with extensions", raw().version("").extensions(number), "version 1 has not"),
				Arguments.of("other algorithm outside", raw().outerAlgorithm(RawCrl.tlv("30", "06082a8648ce3d040303")),
						"two signature algorithms"),
				Arguments.of("other parameters outside",
						raw().outerAlgorithm(RawCrl.tlv("30", "06082a8648ce3d0403020500")), "two signature algorithms"),
				Arguments.of("huge algorithm",
						raw().algorithm(RawCrl.tlv("30", RawCrl.nested(300)))
							.outerAlgorithm(RawCrl.tlv("30", RawCrl.nested(300))),
						"signature algorithm has 604 bytes"),
				Arguments.of("unused bits", raw().unusedBits("01"), "no whole octets"),
				Arguments.of("no issuer", raw().issuer("3000"), "no name"),
				Arguments.of("malformed issuer", raw().issuer("30033101ff"), "name of its issuer is malformed"),
				Arguments.of("nested issuer", raw().issuer(RawCrl.tlv("30", RawCrl.nested(100_000))),
						"name of its issuer is malformed"),
				Arguments.of("no thisUpdate", raw().validity(""), "tag 17 was expected"),
				Arguments.of("three times", raw().validity(RawCrl.TIME.repeat(3)), "more than was expected"),
				Arguments.of("time without seconds", raw().validity(RawCrl.utcTime("2611201200Z")), "is not DER"),
				Arguments.of("time with offset", raw().validity(RawCrl.utcTime("261120120000+0000")), "is not DER"),
				Arguments.of("time with letter", raw().validity(RawCrl.utcTime("2611201200:0Z")), "is not DER"),
				Arguments.of("time with fraction", raw().validity(RawCrl.generalizedTime("20261120120000.5Z")),
						"is not DER"),
				Arguments.of("31 November", raw().validity(RawCrl.utcTime("261131120000Z")), "does not exist"),
				Arguments.of("extension twice", raw().extensions(number + number), "2.5.29.20 is there twice"),
				Arguments.of("extensions followed", raw().rawExtensions("a0023000" + "0500"), "more than was expected"),
				Arguments.of("nested extensions", raw().extensions(RawCrl.nested(100_000)), "length at byte"),
				Arguments.of("critical is 1", raw().extensions(RawCrl.extension("14", "010101", "020101")),
						"boolean at byte"),
				Arguments.of("number of 22 octets",
						raw().extensions(RawCrl.extension("14", "", RawCrl.tlv("02", "01".repeat(22)))), "22 octets"),
				Arguments.of("number not minimal", raw().extensions(RawCrl.extension("14", "", "02020001")),
						"is not DER"),
				Arguments.of("empty number", raw().extensions(RawCrl.extension("14", "", "0200")), "0 octets"),
				Arguments.of("number followed", raw().extensions(RawCrl.extension("14", "", "0201010500")),
						"more than was expected"),
				Arguments.of("distribution point without name",
						raw().extensions(RawCrl.extension("1c", "0101ff", "3004a002a000")), "truncated"),
				Arguments.of("distribution point out of order",
						raw().extensions(RawCrl.extension("1c", "0101ff", "30068201ff8101ff")), "not in order"),
				Arguments.of("distribution point with unknown part",
						raw().extensions(RawCrl.extension("1c", "0101ff", "30038601ff")), "malformed"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rightHeaders")
	void readWhenHeaderIsUnusualReads(String name, RawCrl crl) {
		CrlFixture.accepted(CrlFixture.document(crl.der()).verify(CA.certificate()));
		assertThat(CrlFixture.jdk(crl.der())).isNotNull();
	}

	static Stream<Arguments> rightHeaders() {
		return Stream.of(Arguments.of("plain", raw()), Arguments.of("version 1", raw().version("")),
				Arguments.of("no nextUpdate", raw().validity(RawCrl.TIME)),
				Arguments.of("after 2050", raw().validity(RawCrl.TIME + RawCrl.generalizedTime("20510101000000Z"))),
				Arguments.of("no entries", raw().noEntries()), Arguments.of("empty entries", raw().entries("")),
				Arguments.of("not critical said", raw().extensions(RawCrl.extension("14", "010100", "020101"))),
				Arguments.of("number of 20 octets",
						raw().extensions(RawCrl.extension("14", "", RawCrl.tlv("02", "01".repeat(20))))));
	}

	@Test
	void readWhenTwoDigitYearFollowsRfc() {
		RawCrl crl = raw().validity(RawCrl.utcTime("491231235959Z") + RawCrl.utcTime("500101000000Z"));
		CrlDocument document = CrlFixture.document(crl.der());
		assertThat(document.thisUpdate()).isEqualTo(Instant.parse("2049-12-31T23:59:59Z"));
		assertThat(document.nextUpdate()).isEqualTo(Instant.parse("1950-01-01T00:00:00Z"));
	}

	@Test
	void readWhenEqualBytesFromElsewhereIsEqual() {
		byte[] der = CrlFixture.crl(CA).revoke(1).der();
		CrlDocument document = CrlFixture.document(der);
		assertThat(document).isEqualTo(CrlDocument.read("elsewhere", der).get(0))
			.hasSameHashCodeAs(CrlDocument.read("elsewhere", der).get(0))
			.isNotEqualTo(CrlFixture.crl(CA).revoke(2).document());
		assertThat(document.length()).isEqualTo(der.length);
	}

	@Test
	void hashWhenAnyByteChangedIsAnother() {
		byte[] der = CrlFixture.crl(CA).revoke(1, 2, 3).number(1).der();
		ContentHash hash = CrlFixture.document(der).hash();
		int read = 0;
		for (int i = 0; i < der.length; i++) {
			byte[] changed = der.clone();
			changed[i] ^= 1;
			try {
				assertThat(CrlFixture.document(changed).hash()).as("byte %d", i).isNotEqualTo(hash);
				read++;
			}
			catch (MtlsException ex) {
				assertThat(ex.reason()).isEqualTo(Reason.CRL_INVALID);
			}
		}
		assertThat(read).isGreaterThan(der.length / 2);
	}

	private static RawCrl raw() {
		return new RawCrl(CA);
	}

	private static String pem(byte[] der) {
		return "-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n"
			.formatted(Base64.getMimeEncoder(64, bytes("\n")).encodeToString(der));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] certificate() {
		try {
			return CA.certificate().getEncoded();
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
