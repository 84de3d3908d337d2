package dev.mtls.gate;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OcspResponderStatuses}.
 */
class OcspResponderStatusesTests {

	private final OcspResponderStatuses statuses = new OcspResponderStatuses();

	@Test
	void allReturnsLatestStatusOfEachResponder() {
		this.statuses.accept(status(1, "timed out"));
		this.statuses.accept(status(2, null));
		OcspResponderStatus latest = status(1, null);
		this.statuses.accept(latest);
		assertThat(this.statuses.all()).containsExactly(status(2, null), latest);
	}

	@Test
	void allWhenThereAreManyRespondersReturnsThoseAskedLast() {
		for (int i = 0; i <= OcspResponderStatuses.MAX_SIZE; i++) {
			this.statuses.accept(status(i, null));
		}
		assertThat(this.statuses.all()).hasSize(OcspResponderStatuses.MAX_SIZE).doesNotContain(status(0, null));
	}

	private static OcspResponderStatus status(int responder, @Nullable String problem) {
		return new OcspResponderStatus(URI.create("http://ocsp%d.example.com".formatted(responder)), Instant.EPOCH,
				Duration.ofMillis(20), problem);
	}

}
