package dev.mtls.revocation;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.ExtendedKeyUsage;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.KeyType;
import dev.mtls.authority.KeyUsage;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OcspRequest}.
 */
class OcspRequestTests {

	private static final Instant NOW = Responses.NOW;

	private static final CertificateAuthority ISSUER = Responses.root("Issuer");

	private static final CertificateAuthority SAME_NAME = Responses.root("Issuer");

	private static final X509Certificate ALICE = ISSUER.issue(CertificateRequest.client("alice").build()).certificate();

	private static final X509Certificate BOB = ISSUER.issue(CertificateRequest.client("bob").build()).certificate();

	private static final OcspRequest REQUEST = OcspRequest.withNonce(ALICE, ISSUER.certificate());

	@Test
	void encodedNamesCertificateByHashesOfItsIssuer() throws Exception {
		OCSPReq request = new OCSPReq(OcspRequest.of(ALICE, ISSUER.certificate()).encoded());
		CertificateID id = request.getRequestList()[0].getCertID();
		assertThat(request.getRequestList()).hasSize(1);
		assertThat(id.getHashAlgOID()).isEqualTo(CertificateID.HASH_SHA1.getAlgorithm());
		assertThat(id.getSerialNumber()).isEqualTo(ALICE.getSerialNumber());
		assertThat(id).isEqualTo(Responses.idOf(REQUEST)).isNotEqualTo(idOf(BOB, ISSUER));
		assertThat(request.isSigned()).isFalse();
		assertThat(request.hasExtensions()).isFalse();
	}

	@Test
	void withNonceHasFreshNonceOfThirtyTwoBytes() throws Exception {
		byte[] first = nonce(REQUEST);
		byte[] second = nonce(OcspRequest.withNonce(ALICE, ISSUER.certificate()));
		assertThat(first).hasSize(32).isNotEqualTo(second);
	}

	@Test
	void ofWhenIssuerHasAnotherNameFails() {
		X509Certificate other = Responses.root("Other").certificate();
		assertThatIllegalArgumentException().isThrownBy(() -> OcspRequest.of(ALICE, other));
	}

	@Test
	void verifyWhenGoodIsGoodUntilNextUpdate() {
		OcspAnswer answer = accepted(REQUEST.verify(response().encoded(), NOW, true));
		assertThat(answer.status()).isEqualTo(new RevocationStatus.Good(NOW.plus(Duration.ofMinutes(30))));
		assertThat(answer.thisUpdate()).isEqualTo(NOW.minus(Duration.ofMinutes(10)));
		assertThat(answer.validUntil()).isEqualTo(NOW.plus(Duration.ofMinutes(30)));
	}

	@Test
	void verifyWhenRevokedSaysSinceWhenAndWhy() {
		Date since = Date.from(Instant.parse("2026-11-01T00:00:00Z"));
		assertThat(statusOf(response().status(new RevokedStatus(since, 1)))).isEqualTo(
				new RevocationStatus.Revoked("the OCSP responder says so since 2026-11-01T00:00:00Z (KEY_COMPROMISE)"));
		assertThat(statusOf(response().status(new RevokedStatus(since)))).isEqualTo(
				new RevocationStatus.Revoked("the OCSP responder says so since 2026-11-01T00:00:00Z (UNSPECIFIED)"));
		assertThat(statusOf(response().status(new RevokedStatus(since, 99))))
			.isEqualTo(new RevocationStatus.Revoked("the OCSP responder says so since 2026-11-01T00:00:00Z (99)"));
	}

	@Test
	void verifyWhenUnknownIsUnknown() {
		assertThat(statusOf(response().status(new UnknownStatus()))).isInstanceOf(RevocationStatus.Unknown.class);
	}

	@Test
	void verifyWithoutNextUpdateCountsForOneHour() {
		OcspAnswer answer = accepted(REQUEST.verify(response().until(null).encoded(), NOW, true));
		assertThat(answer.validUntil()).isEqualTo(NOW.plus(Duration.ofMinutes(50)));
	}

	@Test
	void verifyWhenDelegateEndsBeforeAnswerCountsUntilThen() {
		Instant end = NOW.plus(Duration.ofMinutes(20));
		OcspAnswer answer = accepted(REQUEST
			.verify(response().signedBy(ISSUER.issue(delegate().notAfter(end).build())).encoded(), NOW, true));
		assertThat(answer.validUntil()).isEqualTo(end);
		assertThat(answer.status()).isEqualTo(new RevocationStatus.Good(end));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("right")
	void verifyWhenRightAccepts(String name, UnaryOperator<Responses> change) {
		assertThat(REQUEST.verify(change.apply(response()).encoded(), NOW, false)).isInstanceOf(Verdict.Accepted.class);
	}

	static Stream<Arguments> right() {
		IssuedCertificate delegate = ISSUER.issue(delegate().build());
		return Stream
			.of(right("issuer by key", (response) -> response.responder(Responses.byKey(ISSUER.certificate()))),
					right("issuer that sends itself", (response) -> response.certificates(ISSUER.certificate())),
					right("delegate by name", (response) -> response.signedBy(
							delegate)),
					right("delegate by key",
							(response) -> response.signedBy(delegate)
								.responder(Responses.byKey(delegate.certificate()))),
					right("delegate after its issuer",
							(response) -> response.signedBy(delegate)
								.certificates(ISSUER.certificate(), delegate.certificate())),
					right("delegate after another of its name", (response) -> response.signedBy(delegate)
						.certificates(SAME_NAME.issue(delegate().build()).certificate(), delegate.certificate())),
					right("delegate without key usage", signedBy(delegate().withoutKeyUsage())),
					right("delegate with further purpose",
							signedBy(delegate().extendedKeyUsage(ExtendedKeyUsage.CLIENT_AUTH,
									ExtendedKeyUsage.OCSP_SIGNING))),
					right("delegate with key of RSA",
							(response) -> response.signedBy(ISSUER.issue(delegate().keyType(KeyType.RSA_2048).build()))
								.algorithm("SHA256withRSA")),
					right("signature of RSASSA-PSS",
							(response) -> response.signedBy(ISSUER.issue(delegate().keyType(KeyType.RSA_2048).build()))
								.algorithm("SHA256withRSAandMGF1")),
					right("no nonce", Responses::withoutNonce),
					right("critical nonce", (response) -> response.nonce(true, nonceValue())),
					right("no next update", (response) -> response.until(null)),
					right("no next update, an hour old",
							(response) -> response.from(NOW.minus(Duration.ofHours(1))).until(null)),
					right("five minutes ahead", (response) -> response.from(NOW.plus(Duration.ofMinutes(5)))),
					right("ends now", (response) -> response.until(NOW)),
					right("answers for others, too",
							(response) -> response.alsoAbout(idOf(BOB, ISSUER)).alsoAbout(otherNumber())),
					right("unknown extension", (response) -> response.unknownExtension(false)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrong")
	void verifyWhenWrongRefuses(String name, UnaryOperator<Responses> change, String problem) {
		assertRefused(REQUEST.verify(change.apply(response()).encoded(), NOW, false), problem);
	}

	static Stream<Arguments> wrong() {
		IssuedCertificate delegate = ISSUER.issue(delegate().build());
		CertificateAuthority intermediate = ISSUER.intermediate("CN=Intermediate");
		return Stream
			.of(wrong("other key", (response) -> response.signedBy(SAME_NAME.own()), "certified by the issuer"),
					wrong("other key, unnamed", (response) -> response.signedBy(SAME_NAME.own())
						.certificates(), "signed neither by the issuer nor"),
					wrong("delegate that is not sent", (response) -> response.signedBy(delegate).certificates(),
							"signed neither by the issuer nor"),
					wrong("delegate of other issuer",
							(response) -> response.signedBy(Responses.root("Other").issue(delegate().build())),
							"certified by the issuer"),
					wrong("delegate of other key", (response) -> response.signedBy(SAME_NAME.issue(delegate().build())),
							"certified by the issuer"),
					wrong("delegate of intermediate",
							(response) -> response.signedBy(intermediate.issue(delegate().build()))
								.certificates(intermediate.issue(delegate().build()).certificate(),
										intermediate.certificate()),
							"certified by the issuer"),
					wrong("delegate that signed nothing",
							(response) -> response.signedBy(SAME_NAME.issue(delegate().build()))
								.certificates(delegate.certificate()),
							"signature does not verify"),
					wrong("delegate without purpose", signedBy(delegate().withoutExtendedKeyUsage()), "not for OCSP"),
					wrong("delegate of any purpose", signedBy(delegate().extendedKeyUsage(ExtendedKeyUsage.ANY)),
							"not for OCSP"),
					wrong("delegate for clients", signedBy(delegate().extendedKeyUsage(ExtendedKeyUsage.CLIENT_AUTH)),
							"not for OCSP"),
					wrong("delegate whose key agrees", signedBy(delegate().keyUsage(KeyUsage.KEY_AGREEMENT)),
							"not for OCSP"),
					wrong("expired delegate",
							signedBy(delegate().notBefore(NOW.minus(Duration.ofDays(2)))
								.notAfter(NOW.minus(Duration.ofSeconds(1)))),
							"validity period"),
					wrong("delegate of tomorrow", signedBy(delegate().notBefore(NOW.plus(Duration.ofSeconds(1)))),
							"validity period"),
					wrong("delegate with weak signature", signedBy(delegate().signatureAlgorithm("SHA1withECDSA")),
							"weak signature or key"),
					wrong("delegate with weak key",
							(response) -> response.signedBy(ISSUER.issue(delegate().keyPair(rsa(1024)).build()))
								.algorithm("SHA256withRSA"),
							"weak signature or key"),
					wrong("delegate with odd key",
							(response) -> response.signedBy(ISSUER.issue(delegate().keyPair(rsa(2052)).build()))
								.algorithm("SHA256withRSA"),
							"weak signature or key"),
					wrong("delegate with unknown critical extension",
							signedBy(delegate().extension("1.3.6.1.4.1.32473.1", true, new byte[] { 5, 0 })),
							"unknown critical extension"),
					wrong("weak signature", (response) -> response.algorithm("SHA1withECDSA"), "signature algorithm"),
					wrong("named by another", (response) -> response.responder(Responses.byName(BOB)),
							"signed neither by the issuer nor"),
					wrong("named by other key", (response) -> response.responder(Responses.byKey(BOB)),
							"signed neither by the issuer nor"),
					wrong("delegate named by other key",
							(response) -> response.signedBy(delegate).responder(Responses.byKey(BOB)),
							"signed neither by the issuer nor"),
					wrong("many certificates",
							(response) -> response
								.certificates(Collections.nCopies(9, BOB).toArray(X509Certificate[]::new)),
							"more than 8 certificates"),
					wrong("other nonce", (response) -> response.nonce(false, encoded(new DEROctetString(new byte[32]))),
							"another nonce"),
					wrong("nonce without octet string",
							(response) -> response.nonce(false, Arrays.copyOfRange(nonceValue(), 2, 34)),
							"another nonce"),
					wrong("other certificate", (response) -> response.about(idOf(BOB, ISSUER)), "0 answers"),
					wrong("other number", (response) -> response.about(otherNumber()), "0 answers"),
					wrong("other key of issuer", (response) -> response.about(otherIssuerKey()), "0 answers"),
					wrong("two answers", (response) -> response.alsoAbout(Responses.idOf(REQUEST)), "2 answers"),
					wrong("more than five minutes ahead",
							(response) -> response.from(NOW.plus(Duration.ofSeconds(301))), "in the future"),
					wrong("over", (response) -> response.until(NOW.minus(Duration.ofSeconds(1))), "counted until"),
					wrong("no next update, over an hour old",
							(response) -> response.from(NOW.minus(Duration.ofSeconds(3601))).until(null),
							"counted until"),
					wrong("ends before it begins",
							(response) -> response.from(NOW.plus(Duration.ofSeconds(2)))
								.until(NOW.plus(Duration.ofSeconds(1))),
							"before it begins"),
					wrong("unknown critical extension", (response) -> response.unknownExtension(true),
							"unknown critical extension"),
					wrong("unknown critical extension of the answer", Responses::criticalSingleExtension,
							"unknown critical extension"));
	}

	@Test
	void verifyWhenNonceIsRequiredAndMissingRefuses() {
		assertRefused(REQUEST.verify(response().withoutNonce().encoded(), NOW, true), "does not repeat the nonce");
		OcspRequest without = OcspRequest.of(ALICE, ISSUER.certificate());
		byte[] response = Responses.to(without, ISSUER.own()).encoded();
		assertThat(without.verify(response, NOW, false)).isInstanceOf(Verdict.Accepted.class);
		assertRefused(without.verify(response, NOW, true), "does not repeat the nonce");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 6, 99 })
	void verifyWhenStatusIsNotSuccessfulRefuses(int status) throws Exception {
		byte[] response = new OCSPResponse(
				OCSPResponse.getInstance(new byte[] { 0x30, 3, 0x0a, 1, (byte) status }).getResponseStatus(), null)
			.getEncoded();
		assertRefused(REQUEST.verify(response, NOW, false), "status " + status);
	}

	@Test
	void verifyWhenSuccessfulWithoutContentRefuses() throws Exception {
		byte[] response = new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, null).getEncoded();
		assertRefused(REQUEST.verify(response, NOW, false), "malformed");
	}

	@Test
	void verifyWhenOfUnknownTypeRefuses() throws Exception {
		ASN1OctetString basic = OCSPResponse.getInstance(response().encoded()).getResponseBytes().getResponse();
		byte[] response = new OCSPResponse(new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
				new ResponseBytes(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, basic))
			.getEncoded(ASN1Encoding.DER);
		assertRefused(REQUEST.verify(response, NOW, false), "unknown type");
	}

	@Test
	void verifyWhenTooLargeRefuses() {
		assertRefused(REQUEST.verify(new byte[OcspRequest.MAX_RESPONSE_BYTES + 1], NOW, false),
				"more than 65536 bytes");
	}

	@Test
	void verifyWhenNestedDeeplyRefuses() {
		byte[] indefinite = new byte[OcspRequest.MAX_RESPONSE_BYTES];
		for (int i = 0; i < indefinite.length; i += 2) {
			indefinite[i] = 0x30;
			indefinite[i + 1] = (byte) 0x80;
		}
		assertRefused(REQUEST.verify(indefinite, NOW, false), "not DER");
		byte[] definite = new byte[OcspRequest.MAX_RESPONSE_BYTES];
		for (int i = 0; i < definite.length; i += 4) {
			int rest = definite.length - i - 4;
			definite[i] = 0x30;
			definite[i + 1] = (byte) 0x82;
			definite[i + 2] = (byte) (rest >> 8);
			definite[i + 3] = (byte) rest;
		}
		assertRefused(REQUEST.verify(definite, NOW, false), "not DER");
	}

	@Test
	void verifyWhenCutOffOrExtendedRefuses() {
		byte[] response = delegated();
		for (int length = 0; length < response.length; length++) {
			assertRefused(REQUEST.verify(Arrays.copyOf(response, length), NOW, false), "not DER");
		}
		assertRefused(REQUEST.verify(Arrays.copyOf(response, response.length + 1), NOW, false), "not DER");
	}

	@Test
	void verifyWhenAnyByteHasBitFlippedRefuses() {
		byte[] response = delegated();
		assertThat(REQUEST.verify(response, NOW, false)).isInstanceOf(Verdict.Accepted.class);
		for (int i = 0; i < response.length; i++) {
			for (int mask : new int[] { 0x01, 0x80 }) {
				byte[] flipped = response.clone();
				flipped[i] ^= (byte) mask;
				assertThat(REQUEST.verify(flipped, NOW, false)).as("mask %02x of byte %d", mask, i)
					.isInstanceOf(Verdict.Refused.class);
			}
		}
	}

	@Test
	void verifyWhenSeveralBytesAreRandomRefuses() {
		byte[] response = delegated();
		Random random = new Random(1);
		for (int i = 0; i < 1_000; i++) {
			byte[] changed = response.clone();
			for (int j = random.nextInt(4); j >= 0; j--) {
				changed[random.nextInt(changed.length)] = (byte) random.nextInt();
			}
			if (!Arrays.equals(changed, response)) {
				assertThat(REQUEST.verify(changed, NOW, false)).isInstanceOf(Verdict.Refused.class);
			}
		}
	}

	@Test
	void toStringNamesSerialNumber() {
		assertThat(REQUEST).hasToString("OcspRequest[serial number %s]".formatted(ALICE.getSerialNumber()));
		assertThat(accepted(REQUEST.verify(response().encoded(), NOW, true))).hasToString(
				"OcspAnswer[serial number %s, Good[validUntil=2026-11-20T12:30:00Z], as of 2026-11-20T11:50:00Z, until 2026-11-20T12:30:00Z]"
					.formatted(ALICE.getSerialNumber()));
	}

	private static Responses response() {
		return Responses.to(REQUEST, ISSUER.own());
	}

	private static byte[] delegated() {
		return response().signedBy(ISSUER.issue(delegate().build())).encoded();
	}

	private static CertificateRequest.Builder delegate() {
		return CertificateRequest.client("responder").extendedKeyUsage(ExtendedKeyUsage.OCSP_SIGNING);
	}

	private static UnaryOperator<Responses> signedBy(CertificateRequest.Builder delegate) {
		return (response) -> response.signedBy(ISSUER.issue(delegate.build()));
	}

	private static Arguments right(String name, UnaryOperator<Responses> change) {
		return Arguments.of(name, change);
	}

	private static Arguments wrong(String name, UnaryOperator<Responses> change, String problem) {
		return Arguments.of(name, change, problem);
	}

	private static CertificateID idOf(X509Certificate certificate, CertificateAuthority issuer) {
		return Responses.idOf(OcspRequest.of(certificate, issuer.certificate()));
	}

	private static CertificateID otherNumber() {
		return CertificateID.deriveCertificateID(Responses.idOf(REQUEST), ALICE.getSerialNumber().add(BigInteger.ONE));
	}

	private static CertificateID otherIssuerKey() {
		return CertificateID.deriveCertificateID(
				idOf(SAME_NAME.issue(CertificateRequest.client("alice").build()).certificate(), SAME_NAME),
				ALICE.getSerialNumber());
	}

	private static KeyPair rsa(int bits) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(bits);
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] nonce(OcspRequest request) throws IOException {
		return ASN1OctetString.getInstance(nonceExtension(request).getExtnValue().getOctets()).getOctets();
	}

	private static byte[] nonceValue() {
		try {
			return nonceExtension(REQUEST).getExtnValue().getOctets();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Extension nonceExtension(OcspRequest request) throws IOException {
		return new OCSPReq(request.encoded()).getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
	}

	private static byte[] encoded(DEROctetString value) {
		try {
			return value.getEncoded();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RevocationStatus statusOf(Responses response) {
		return accepted(REQUEST.verify(response.encoded(), NOW, true)).status();
	}

	private static OcspAnswer accepted(Verdict<OcspAnswer> verdict) {
		assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
		return ((Verdict.Accepted<OcspAnswer>) verdict).value();
	}

	private static void assertRefused(Verdict<OcspAnswer> verdict, String problem) {
		assertThat(verdict).isInstanceOf(Verdict.Refused.class);
		Decision.Deny denial = ((Verdict.Refused<OcspAnswer>) verdict).denial();
		assertThat(denial.reason()).isEqualTo(Reason.REVOCATION_UNKNOWN);
		assertThat(denial.detail()).startsWith("the OCSP answer cannot be used: ").contains(problem);
	}

}
