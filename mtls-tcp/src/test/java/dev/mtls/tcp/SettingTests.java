package dev.mtls.tcp;

import java.time.Duration;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for values that cannot be used.
 */
class SettingTests {

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, PT1S, 0.5, 1, backoff=PT0S..PT1S", "PT-1S, PT1S, 0.5, 1, backoff=PT-1S..PT1S",
			"PT2S, PT1S, 0.5, 1, backoff=PT2S..PT1S", "PT1S, PT1S, -0.1, 1, jitter=-0.1",
			"PT1S, PT1S, 1.1, 1, jitter=1.1", "PT1S, PT1S, NaN, 1, jitter=NaN", "PT1S, PT1S, 0, -1, attempts=-1" })
	void backoffWhenValueIsWrongIsRefused(Duration first, Duration max, double jitter, long attempts, String place) {
		assertInvalid(() -> new Backoff(first, max, jitter, attempts), place);
	}

	@Test
	void backoffTakesTheBoundsOfItsRanges() {
		assertThat(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), 1, 0).jitter()).isOne();
		assertThat(Backoff.fixed(Duration.ofSeconds(1)).withAttempts(3))
			.isEqualTo(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 3));
		assertThat(Backoff.exponential(Duration.ofSeconds(1), Duration.ofSeconds(9)).attempts())
			.isEqualTo(Backoff.UNLIMITED);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S", "PT-1S", "PT0.0009S" })
	void timeoutThatIsNotPositiveIsRefused(Duration timeout) {
		assertInvalid(() -> new TcpTimeouts(timeout, null, null), "read-timeout=" + timeout);
		assertInvalid(() -> new TcpTimeouts(null, timeout, null), "write-timeout=" + timeout);
		assertInvalid(() -> new TcpTimeouts(null, null, timeout), "idle-timeout=" + timeout);
		MtlsTcpClient client = MtlsTcpClient.create(this.site.clientGate("orders.example.com"));
		assertInvalid(() -> client.connectTimeout(timeout), "connect-timeout=" + timeout);
	}

	@Test
	void connectTimeoutThatIsTooLongIsRefused() {
		MtlsTcpClient client = MtlsTcpClient.create(this.site.clientGate("orders.example.com"));
		assertInvalid(() -> client.connectTimeout(Duration.ofDays(25)), "connect-timeout=PT600H");
	}

	@Test
	void drainTimeThatIsNegativeIsRefused() {
		MtlsTcpServer server = MtlsTcpServer.create(this.site.serverGate());
		assertInvalid(() -> server.drainTime(Duration.ofSeconds(-1)), "drain-time=PT-1S");
		assertThat(server.drainTime(Duration.ZERO)).isNotSameAs(server);
	}

	private static void assertInvalid(ThrowingCallable call, String place) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(call).satisfies((exception) -> {
			assertThat(exception.reason()).isEqualTo(Reason.CONFIGURATION_INVALID);
			assertThat(exception.place()).isEqualTo(place);
			assertThat(exception.fix()).startsWith("set ");
		});
	}

}
