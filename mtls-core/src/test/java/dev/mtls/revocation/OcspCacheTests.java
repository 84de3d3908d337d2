package dev.mtls.revocation;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OcspCache}.
 */
class OcspCacheTests {

	private static final Instant NOW = Responses.NOW;

	private static final CertificateAuthority AUTHORITY = Responses.root("Issuer");

	private static final X509Certificate ISSUER = AUTHORITY.certificate();

	private static final X509Certificate ALICE = issue();

	private final OcspCache cache = new OcspCache(2);

	@Test
	void checkWhenNobodyWasAskedIsUnknownAndDue() {
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Unknown("no OCSP responder was asked yet"));
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW)).isTrue();
	}

	@Test
	void checkWhenGoodIsGoodUntilEndAndUnknownAfterwards() {
		Instant end = NOW.plusSeconds(100);
		this.cache.put(good(NOW, end), NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Good(end));
		assertThat(check(ALICE, end)).isEqualTo(new RevocationStatus.Good(end));
		assertThat(check(ALICE, end.plusNanos(1)))
			.isEqualTo(new RevocationStatus.Unknown("the OCSP answer counted until %s only".formatted(end)));
	}

	@Test
	void checkWhenRevokedIsRevokedAlsoAfterEnd() {
		this.cache.put(revoked(NOW, NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW.plus(Duration.ofDays(1000)))).isEqualTo(new RevocationStatus.Revoked("by test"));
	}

	@Test
	void checkKnowsOnlyTheCertificateOfTheIssuer() {
		CertificateAuthority sameName = Responses.root("Issuer");
		X509Certificate sameNumber = sameName
			.issue(CertificateRequest.client("alice").serialNumber(ALICE.getSerialNumber()).build())
			.certificate();
		this.cache.put(revoked(NOW, NOW.plusSeconds(100)), NOW);
		assertThat(check(issue(), NOW)).isInstanceOf(RevocationStatus.Unknown.class);
		assertThat(this.cache.check(sameNumber, sameName.certificate(), NOW))
			.isInstanceOf(RevocationStatus.Unknown.class);
	}

	@Test
	void putWhenOlderKeepsNewer() {
		this.cache.put(good(NOW, NOW.plusSeconds(100)), NOW);
		this.cache.put(good(NOW.minusSeconds(1), NOW.plusSeconds(200)), NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Good(NOW.plusSeconds(100)));
		this.cache.put(revoked(NOW.minusSeconds(1), NOW.plusSeconds(200)), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Good.class);
		this.cache.put(good(NOW, NOW.plusSeconds(300)), NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Good(NOW.plusSeconds(300)));
	}

	@Test
	void putWhenRevokedGivesWayOnlyToNewerGood() {
		this.cache.put(good(NOW, NOW.plusSeconds(100)), NOW);
		this.cache.put(revoked(NOW, NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Revoked.class);
		this.cache.put(good(NOW, NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Revoked.class);
		this.cache.put(unknown(NOW.plusSeconds(1), NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Revoked.class);
		this.cache.put(good(NOW.plusSeconds(1), NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Good.class);
		this.cache.put(unknown(NOW.plusSeconds(2), NOW.plusSeconds(100)), NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Unknown("by test"));
	}

	@Test
	void putFailureKeepsAnswerAndOtherwiseSaysWhatWentWrong() {
		this.cache.putFailure(ALICE, ISSUER, "nobody\nlistens", NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Unknown("nobody\\u000alistens"));
		this.cache.put(good(NOW, NOW.plusSeconds(100)), NOW);
		this.cache.putFailure(ALICE, ISSUER, "nobody listens", NOW);
		assertThat(check(ALICE, NOW)).isEqualTo(new RevocationStatus.Good(NOW.plusSeconds(100)));
		assertThat(check(ALICE, NOW.plusSeconds(101))).isEqualTo(new RevocationStatus.Unknown("nobody listens"));
	}

	@ParameterizedTest
	@CsvSource({ "1000, 749, false", "1000, 750, true", "1000, 2000, true", "16, 10, false", "16, 11, true",
			"6, 4, false", "6, 5, true", "0, 4, false", "0, 5, true" })
	void isDueWhenLessThanQuarterIsLeftButAtLeastSeconds(long life, long after, boolean due) {
		this.cache.put(good(NOW.minusSeconds(5000), NOW.plusSeconds(life)), NOW);
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusSeconds(after))).isEqualTo(due);
	}

	@Test
	void isDueWhenFailedOrUnknownIsTrueAfterPause() {
		this.cache.putFailure(ALICE, ISSUER, "nobody listens", NOW);
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusMillis(4999))).isFalse();
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusSeconds(5))).isTrue();
		this.cache.put(unknown(NOW, NOW.plusSeconds(1000)), NOW);
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusMillis(4999))).isFalse();
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusSeconds(5))).isTrue();
	}

	@Test
	void isDueWhenRefreshFailedIsTrueAfterPauseAndAgainAfterQuarter() {
		this.cache.put(good(NOW, NOW.plusSeconds(1000)), NOW);
		this.cache.putFailure(ALICE, ISSUER, "nobody listens", NOW.plusSeconds(800));
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusSeconds(804))).isFalse();
		assertThat(this.cache.isDueForRefresh(ALICE, ISSUER, NOW.plusSeconds(805))).isTrue();
	}

	@Test
	void putWhenFullForgetsWhatWasNotAskedForTheLongest() {
		X509Certificate bob = issue();
		X509Certificate carol = issue();
		this.cache.put(good(ALICE), NOW);
		this.cache.put(good(bob), NOW);
		check(ALICE, NOW);
		this.cache.put(good(carol), NOW);
		assertThat(check(ALICE, NOW)).isInstanceOf(RevocationStatus.Good.class);
		assertThat(check(bob, NOW)).isInstanceOf(RevocationStatus.Unknown.class);
		assertThat(check(carol, NOW)).isInstanceOf(RevocationStatus.Good.class);
	}

	@Test
	void createWhenSizeIsNotPositiveFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> new OcspCache(0));
	}

	private RevocationStatus check(X509Certificate certificate, Instant now) {
		return this.cache.check(certificate, ISSUER, now);
	}

	private static X509Certificate issue() {
		return AUTHORITY.issue(CertificateRequest.client("alice").build()).certificate();
	}

	private static OcspAnswer good(X509Certificate certificate) {
		return answer(certificate, new RevocationStatus.Good(NOW.plusSeconds(1)), NOW, NOW.plusSeconds(1));
	}

	private static OcspAnswer good(Instant thisUpdate, Instant validUntil) {
		return answer(ALICE, new RevocationStatus.Good(validUntil), thisUpdate, validUntil);
	}

	private static OcspAnswer revoked(Instant thisUpdate, Instant validUntil) {
		return answer(ALICE, new RevocationStatus.Revoked("by test"), thisUpdate, validUntil);
	}

	private static OcspAnswer unknown(Instant thisUpdate, Instant validUntil) {
		return answer(ALICE, new RevocationStatus.Unknown("by test"), thisUpdate, validUntil);
	}

	private static OcspAnswer answer(X509Certificate certificate, RevocationStatus status, Instant thisUpdate,
			Instant validUntil) {
		return new OcspAnswer(CertificateId.of(certificate, ISSUER), status, thisUpdate, validUntil);
	}

}
