package dev.mtls.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;

import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.authority.IssuedCertificate;
import dev.mtls.decision.Verdict;
import dev.mtls.material.KeyMaterial;
import dev.mtls.revocation.OcspAnswer;
import dev.mtls.revocation.OcspRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OcspStaple}: what is held for how long, and when it is asked again.
 */
class OcspStapleTests {

	private static final IssuedCertificate SERVER = Site.ROOT.issue(Site.server().build());

	private final MutableClock clock = new MutableClock();

	private final SigningResponder responder = new SigningResponder(Site.ROOT, this.clock);

	private final OcspStaple staple = new OcspStaple(material(SERVER));

	@AfterEach
	void close() {
		this.responder.close();
	}

	@Test
	void beginIsForOneAtATime() {
		assertThat(begin()).isTrue();
		assertThat(begin()).isFalse();
		assertThat(take()).isTrue();
		assertThat(begin()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "PT30M, PT0S, PT15M", "PT2H, PT0S, PT1H", "P7D, PT0S, PT1H", "P7D, P6DT23H, PT30M", "PT2S, PT0S, PT5S",
			"PT1H, PT59M58S, PT5S" })
	void responseIsDueAgainAfterHalfOfWhatIsLeft(Duration validity, Duration age, Duration due) {
		this.responder.validity = validity;
		this.responder.age = age;
		begin();
		take();
		this.clock.advance(due.minusMillis(1));
		assertThat(begin()).isFalse();
		this.clock.advance(Duration.ofMillis(1));
		assertThat(begin()).isTrue();
	}

	@Test
	void responseCountsUntilItsEnd() {
		assertThat(response()).isNull();
		begin();
		take();
		this.clock.advance(Duration.ofMinutes(30));
		assertThat(response()).isNotNull();
		this.clock.advance(Duration.ofMillis(1));
		assertThat(response()).isNull();
	}

	@Test
	void responseIsACopy() {
		begin();
		byte[] given = this.responder.answer(request().encoded());
		assertThat(this.staple.take(given, answer(given), now())).isTrue();
		byte[] expected = given.clone();
		given[0] = 0;
		assertThat(response()).isEqualTo(expected);
		Objects.requireNonNull(response())[0] = 0;
		assertThat(response()).isEqualTo(expected);
	}

	@Test
	void pauseAfterAFailureDoublesUpToABoundUntilAResponseComes() {
		begin();
		for (int seconds : new int[] { 5, 10, 20, 40, 80, 160, 300, 300 }) {
			this.staple.fail("silent", now());
			this.clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
			assertThat(begin()).as("before %d s", seconds).isFalse();
			this.clock.advance(Duration.ofMillis(1));
			assertThat(begin()).as("after %d s", seconds).isTrue();
		}
		take();
		this.clock.advance(Duration.ofMinutes(15));
		assertThat(begin()).isTrue();
		this.staple.fail("silent", now());
		this.clock.advance(Duration.ofSeconds(5));
		assertThat(begin()).isTrue();
	}

	@Test
	void failureLeavesWhatIsHeld() {
		begin();
		take();
		byte[] held = response();
		this.clock.advance(Duration.ofMinutes(15));
		begin();
		this.staple.fail("silent", now());
		assertThat(response()).isEqualTo(held);
	}

	@Test
	void failureIsNewsOnceUntilAResponseComes() {
		assertThat(this.staple.fail("silent", now())).isTrue();
		assertThat(this.staple.fail("silent", now())).isFalse();
		assertThat(this.staple.fail("lying", now())).isTrue();
		take();
		assertThat(this.staple.fail("lying", now())).isTrue();
	}

	@Test
	void olderAnswerDoesNotTakeARevocationBack() {
		this.responder.status = new RevokedStatus(Date.from(now()));
		take();
		assertThat(this.staple.isRevoked()).isTrue();
		byte[] revoked = response();
		this.responder.status = null;
		this.responder.age = Duration.ofMinutes(1);
		assertThat(take()).isFalse();
		assertThat(response()).isEqualTo(revoked);
		this.responder.age = Duration.ZERO;
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(take()).isTrue();
		assertThat(this.staple.isRevoked()).isFalse();
	}

	@Test
	void isForWhenChainIsAnotherIsFalse() {
		assertThat(this.staple.isFor(material(SERVER))).isTrue();
		assertThat(this.staple.isFor(material(Site.ROOT.issue(Site.server().build())))).isFalse();
	}

	private Instant now() {
		return this.clock.instant();
	}

	private boolean begin() {
		return this.staple.begin(now());
	}

	private byte @Nullable [] response() {
		return this.staple.response(now());
	}

	private boolean take() {
		byte[] response = this.responder.answer(request().encoded());
		return this.staple.take(response, answer(response), now());
	}

	private static OcspRequest request() {
		return OcspRequest.of(SERVER.certificate(), Site.ROOT.certificate());
	}

	private OcspAnswer answer(byte[] response) {
		return ((Verdict.Accepted<OcspAnswer>) request().verify(response, now(), false)).value();
	}

	private static KeyMaterial material(IssuedCertificate issued) {
		return KeyMaterial.of("test", issued.privateKey(), issued.chain());
	}

}
