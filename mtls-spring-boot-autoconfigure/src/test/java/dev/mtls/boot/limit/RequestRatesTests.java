package dev.mtls.boot.limit;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.github.bucket4j.TimeMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RequestRates} and {@link RequestRate}.
 */
class RequestRatesTests {

	private static final TestAuthority authority = TestAuthority.create();

	private static final X509Certificate ALICE = authority.client("alice.example.com").chain().get(0);

	private static final X509Certificate BOB = authority.client("bob.example.com").chain().get(0);

	private final AtomicLong nanos = new AtomicLong();

	@Test
	void tryConsumeWhenBurstIsUsedUpTellsTimeUntilNextPermit() {
		RequestRates rates = rates(10, Duration.ofSeconds(1), 3);
		for (int i = 0; i < 3; i++) {
			assertThat(rates.tryConsume(ALICE)).isZero();
		}
		assertThat(rates.tryConsume(ALICE)).isEqualTo(Duration.ofMillis(100));
		assertThat(rates.tryConsume(BOB)).isZero();
		this.nanos.addAndGet(Duration.ofMillis(100).toNanos());
		assertThat(rates.tryConsume(ALICE)).isZero();
		assertThat(rates.tryConsume(ALICE)).isEqualTo(Duration.ofMillis(100));
	}

	@ParameterizedTest
	@CsvSource({ "0, PT1S, 1, permits=0", "-1, PT1S, 1, permits=-1", "1, PT0S, 1, period=PT0S",
			"1, PT-1S, 1, period=PT-1S", "1, PT1S, 0, burst=0", "2, PT0.000000001S, 1, permits=2" })
	void rateThatAdmitsNothingOrCannotBeCountedIsRejected(int permits, Duration period, int burst, String place) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(() -> new RequestRate(permits, period, burst))
			.satisfies((ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
				assertThat(ex.place()).isEqualTo(place);
			});
	}

	@ParameterizedTest
	@CsvSource({ "PT0.001S, 1", "PT1S, 1", "PT1.001S, 2", "PT1H, 3600" })
	void retryAfterIsWholeSecondsRoundedUp(Duration delay, String header) {
		Decision.Deny denial = new Decision.Deny(Reason.REQUEST_RATE, "test");
		assertThat(new RequestRateCheck.Refusal(denial, delay).retryAfter()).isEqualTo(header);
	}

	private RequestRates rates(int permits, Duration period, int burst) {
		return new RequestRates(new RequestRate(permits, period, burst), new TimeMeter() {

			@Override
			public long currentTimeNanos() {
				return RequestRatesTests.this.nanos.get();
			}

			@Override
			public boolean isWallClockBased() {
				return false;
			}

		});
	}

}
