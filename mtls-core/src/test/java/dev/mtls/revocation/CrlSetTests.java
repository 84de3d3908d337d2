package dev.mtls.revocation;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CrlSet}: which CRL is held, and what the CRLs that are held say.
 */
class CrlSetTests {

	private static final Instant NOW = CrlFixture.NOW;

	private static final Duration DAY = CrlFixture.DAY;

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final String POINT = "http://crl.example.com/1.crl";

	private static final CertificateAuthority CA = CrlFixture.authority("Root");

	private static final X509Certificate ONE = CrlFixture.leaf(CA, 1);

	private static final X509Certificate TWO = CrlFixture.leaf(CA, 2);

	private static final X509Certificate SUB_CA = CA
		.intermediate(CertificateRequest.authority("CN=Sub").serialNumber(BigInteger.valueOf(3)).build())
		.certificate();

	@Test
	void checkWhenEmptyIsUnknown() {
		assertUnknown(CrlSet.EMPTY, ONE, NOW, null, "there is no CRL of CN=Root");
		assertThat(CrlSet.EMPTY.crls()).isEmpty();
	}

	@Test
	void checkWhenListedIsRevokedForEver() {
		CrlSet crls = set(CrlFixture.crl(CA).revoke(1));
		for (Instant now : List.of(NOW.minus(DAY), NOW, NOW.plus(DAY.multipliedBy(1_000)))) {
			assertThat(check(crls, ONE, now, Duration.ZERO)).isInstanceOfSatisfying(RevocationStatus.Revoked.class,
					(revoked) -> assertThat(revoked.detail())
						.isEqualTo("serial number 1 is listed in the CRL of CN=Root, issued at 2026-11-20T12:00:00Z"));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("ends")
	void checkWhenNotListedIsGoodUntil(String name, @Nullable Instant nextUpdate, @Nullable Duration maxAge,
			Instant validUntil) {
		CrlSet crls = set(CrlFixture.crl(CA, NOW, nextUpdate).revoke(1));
		assertGood(crls, TWO, NOW, maxAge, validUntil);
		assertGood(crls, TWO, NOW.minus(Duration.ofMinutes(5)), maxAge, validUntil);
		assertUnknown(crls, TWO, NOW.minus(Duration.ofMinutes(5)).minus(SECOND), maxAge,
				"the CRL of CN=Root begins only at 2026-11-20T12:00:00Z");
		if (validUntil.isBefore(Instant.MAX)) {
			assertGood(crls, TWO, validUntil.minus(SECOND), maxAge, validUntil);
			assertUnknown(crls, TWO, validUntil, maxAge, "the CRL of CN=Root ran out at " + validUntil);
		}
	}

	static Stream<Arguments> ends() {
		return Stream.of(Arguments.of("nextUpdate", NOW.plus(DAY), null, NOW.plus(DAY)),
				Arguments.of("earlier age", NOW.plus(DAY), Duration.ofHours(1), NOW.plus(Duration.ofHours(1))),
				Arguments.of("later age", NOW.plus(DAY), DAY.plus(SECOND), NOW.plus(DAY)),
				Arguments.of("age alone", null, DAY, NOW.plus(DAY)), Arguments.of("neither", null, null, Instant.MAX),
				Arguments.of("endless age", null, Duration.ofSeconds(Long.MAX_VALUE), Instant.MAX));
	}

	@Test
	void checkWhenIssuerHasOtherKeyIsUnknown() {
		CertificateAuthority impostor = CrlFixture.authority("Root");
		CrlSet crls = set(CrlFixture.crl(CA).revoke(1));
		assertThat(crls.check(ONE, impostor.certificate(), NOW, null)).isInstanceOf(RevocationStatus.Unknown.class);
		CrlSet both = with(crls, CrlFixture.crl(impostor).revoke(2));
		assertThat(both.crls()).hasSize(2);
		assertThat(both.check(TWO, impostor.certificate(), NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertGood(both, TWO, NOW, null, NOW.plus(DAY));
	}

	@Test
	void checkWhenIssuerHasOtherCertificateOfSameNameAndKeyAnswers() {
		CertificateAuthority parent = CrlFixture.authority("Parent");
		X509Certificate cross = parent
			.issue(CertificateRequest.authority("CN=Root").build(), CA.certificate().getPublicKey())
			.get(0);
		CrlSet crls = set(CrlFixture.crl(CA).revoke(1));
		assertThat(crls.check(ONE, cross, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
	}

	@Test
	void checkWhenIssuerHasKeyOfOtherTypeIsUnknown() {
		CertificateAuthority rsa = CrlFixture
			.authority(CertificateRequest.authority("CN=Root").keyType(KeyType.RSA_2048));
		assertThat(set(CrlFixture.crl(CA).revoke(1)).check(ONE, rsa.certificate(), NOW, null))
			.isInstanceOf(RevocationStatus.Unknown.class);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("successors")
	void withWhenOneIsHeldTakesNewer(String name, CrlFixture held, CrlFixture next, boolean taken) {
		CrlSet crls = set(held);
		Crl crl = next.verified();
		if (taken) {
			assertThat(CrlFixture.accepted(crls.with(crl)).crls()).containsExactly(crl);
			return;
		}
		CrlFixture.assertRefused(crls.with(crl), Reason.CRL_OUTDATED, "CRL of CN=Root from test.crl");
		assertThat(crls.crls()).hasSize(1).doesNotContain(crl);
	}

	static Stream<Arguments> successors() {
		Instant later = NOW.plus(SECOND);
		Instant earlier = NOW.minus(SECOND);
		return Stream.of(Arguments.of("later", crl(NOW), crl(later), true),
				Arguments.of("earlier", crl(NOW), crl(earlier), false),
				Arguments.of("same time", crl(NOW), crl(NOW).revoke(2), true),
				Arguments.of("same time, higher number", crl(NOW).number(1), crl(NOW).number(2), true),
				Arguments.of("same time, lower number", crl(NOW).number(2), crl(NOW).number(1), false),
				Arguments.of("later, lower number", crl(NOW).number(2), crl(later).number(1), false),
				Arguments.of("later, same number", crl(NOW).number(2), crl(later).number(2), true),
				Arguments.of("earlier, higher number", crl(NOW).number(1), crl(earlier).number(2), false),
				Arguments.of("later, number no more", crl(NOW).number(2), crl(later), true),
				Arguments.of("later, number from now on", crl(NOW), crl(later).number(1), true));
	}

	@Test
	void withWhenEqualIsSameSet() {
		byte[] der = crl(NOW).revoke(1).der();
		CrlSet crls = CrlFixture
			.accepted(CrlSet.EMPTY.with(CrlFixture.accepted(CrlFixture.document(der).verify(CA.certificate()))));
		Crl again = CrlFixture.accepted(CrlDocument.read("elsewhere", der).get(0).verify(CA.certificate()));
		assertThat(CrlFixture.accepted(crls.with(again))).isSameAs(crls);
	}

	@Test
	void withLeavesSetAsItWas() {
		CrlSet crls = set(crl(NOW).revoke(1));
		with(crls, crl(NOW.plus(SECOND)).revoke(2));
		assertGood(crls, TWO, NOW, null, NOW.plus(DAY));
	}

	@Test
	void checkWhenScopesAreByKindCombinesThem() {
		CrlSet users = set(CrlFixture.crl(CA).scope(null, true, false).revoke(2, 3));
		assertThat(check(users, TWO, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertGood(users, ONE, NOW, null, NOW.plus(DAY));
		assertUnknown(users, SUB_CA, NOW, null, "no CRL of CN=Root tells of this certificate");
		CrlSet both = with(users, CrlFixture.crl(CA, NOW.minus(SECOND)).scope(null, false, true).revoke(1));
		assertThat(both.crls()).hasSize(2);
		assertGood(both, SUB_CA, NOW, null, NOW.plus(DAY).minus(SECOND));
		assertGood(both, ONE, NOW, null, NOW.plus(DAY));
		assertThat(check(with(both, CrlFixture.crl(CA).scope(null, false, true).revoke(3)), SUB_CA, NOW, null))
			.isInstanceOf(RevocationStatus.Revoked.class);
	}

	@Test
	void checkWhenScopeIsDistributionPointAnswersForItsCertificates() {
		CrlSet crls = set(
				CrlFixture.crl(CA).scope(CrlFixture.name("http://other.example.com/", POINT), false, false).revoke(1));
		X509Certificate withPoint = CrlFixture.leaf(CA, 1, (request) -> CrlFixture.withPoints(request,
				CrlFixture.point("ldap://example.com"), CrlFixture.point(POINT)));
		X509Certificate withOther = CrlFixture.leaf(CA, 1,
				(request) -> CrlFixture.withPoints(request, CrlFixture.point(POINT + "?")));
		assertThat(check(crls, withPoint, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertUnknown(crls, withOther, NOW, null, "no CRL of CN=Root tells of this certificate");
		assertUnknown(crls, ONE, NOW, null, "no CRL of CN=Root tells of this certificate");
	}

	@Test
	void checkWhenSeveralCoverTakesLatestEndAndAnyListing() {
		CrlSet crls = with(set(CrlFixture.crl(CA, NOW, NOW.plus(SECOND))),
				CrlFixture.crl(CA).scope(null, true, false).revoke(1));
		assertGood(crls, TWO, NOW, null, NOW.plus(DAY));
		assertGood(crls, TWO, NOW.plus(SECOND), null, NOW.plus(DAY));
		assertThat(check(crls, ONE, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
	}

	@Test
	void checkWhenDeltaAppliesCombinesBoth() {
		Instant later = NOW.plus(Duration.ofHours(1));
		CrlFixture base = CrlFixture.crl(CA).number(5).revoke(1, 4);
		CrlFixture delta = CrlFixture.crl(CA, later).number(6).deltaFrom(5).revoke(2).remove(1);
		for (CrlSet crls : List.of(with(set(base), delta), with(set(delta), base))) {
			assertThat(crls.crls()).hasSize(2);
			assertGood(crls, ONE, later, null, later.plus(DAY));
			assertThat(check(crls, TWO, later, null)).isInstanceOfSatisfying(RevocationStatus.Revoked.class,
					(revoked) -> assertThat(revoked.detail()).contains("delta CRL"));
			assertThat(check(crls, CrlFixture.leaf(CA, 4), later, null)).isInstanceOf(RevocationStatus.Revoked.class);
			// The complete one has run out, the delta CRL has not
			assertGood(crls, SUB_CA, NOW.plus(DAY), null, later.plus(DAY));
			assertUnknown(crls, SUB_CA, later.plus(DAY), null, "ran out at");
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("deltasThatDoNotApply")
	void checkWhenDeltaDoesNotApplyOnlyItsListingsCount(String name, CrlFixture base, CrlFixture delta) {
		CrlSet crls = with(set(base), delta);
		assertThat(check(crls, ONE, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertThat(check(crls, TWO, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertGood(crls, SUB_CA, NOW, null, NOW.plus(DAY));
	}

	static Stream<Arguments> deltasThatDoNotApply() {
		Instant later = NOW.plus(SECOND);
		return Stream.of(
				Arguments.of("complete one too old", CrlFixture.crl(CA).number(4).revoke(1),
						CrlFixture.crl(CA, later).number(6).deltaFrom(5).revoke(2).remove(1)),
				Arguments.of("complete one without number", CrlFixture.crl(CA).revoke(1),
						CrlFixture.crl(CA, later).number(6).deltaFrom(5).revoke(2).remove(1)));
	}

	@Test
	void checkWhenDeltaStandsAloneIsUnknownUnlessListed() {
		CrlSet crls = set(CrlFixture.crl(CA).number(6).deltaFrom(5).revoke(2));
		assertThat(check(crls, TWO, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertUnknown(crls, ONE, NOW, null, "no CRL of CN=Root");
	}

	@Test
	void withWhenDeltaIsOlderThanDeltaOrCompleteRefuses() {
		CrlSet crls = with(set(CrlFixture.crl(CA).number(5)), delta(7));
		CrlFixture.assertRefused(crls.with(delta(6).verified()), Reason.CRL_OUTDATED, "delta CRL of CN=Root");
		CrlSet newer = with(crls, CrlFixture.crl(CA).number(8));
		assertThat(newer.crls()).hasSize(1);
		CrlFixture.assertRefused(newer.with(delta(7).verified()), Reason.CRL_OUTDATED, "delta CRL of CN=Root");
		// Issued together with the complete one
		assertThat(CrlFixture.accepted(newer.with(delta(8).verified()))).isSameAs(newer);
		assertThat(with(newer, delta(9)).crls()).hasSize(2);
	}

	@Test
	void withWhenCompleteIsNewerKeepsDeltaThatIsNewerStill() {
		CrlSet crls = with(set(CrlFixture.crl(CA).number(5).revoke(1)), delta(7).revoke(2));
		CrlSet newer = with(crls, CrlFixture.crl(CA).number(6));
		assertThat(newer.crls()).hasSize(2);
		assertThat(check(newer, TWO, NOW, null)).isInstanceOf(RevocationStatus.Revoked.class);
		assertGood(newer, ONE, NOW, null, NOW.plus(DAY));
	}

	private static CrlFixture delta(long number) {
		return CrlFixture.crl(CA).number(number).deltaFrom(5);
	}

	private static CrlFixture crl(Instant thisUpdate) {
		return CrlFixture.crl(CA, thisUpdate);
	}

	private static CrlSet set(CrlFixture crl) {
		return with(CrlSet.EMPTY, crl);
	}

	private static CrlSet with(CrlSet crls, CrlFixture crl) {
		return CrlFixture.accepted(crls.with(crl.verified()));
	}

	private static RevocationStatus check(CrlSet crls, X509Certificate certificate, Instant now,
			@Nullable Duration maxAge) {
		return crls.check(certificate, CA.certificate(), now, maxAge);
	}

	private static void assertGood(CrlSet crls, X509Certificate certificate, Instant now, @Nullable Duration maxAge,
			Instant validUntil) {
		assertThat(check(crls, certificate, now, maxAge)).isEqualTo(new RevocationStatus.Good(validUntil));
	}

	private static void assertUnknown(CrlSet crls, X509Certificate certificate, Instant now, @Nullable Duration maxAge,
			String detail) {
		assertThat(check(crls, certificate, now, maxAge)).isInstanceOfSatisfying(RevocationStatus.Unknown.class,
				(unknown) -> assertThat(unknown.detail()).contains(detail));
	}

}
