package dev.mtls.boot.actuate;

import java.net.InetAddress;
import java.time.Instant;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecentRefusals}.
 */
class RecentRefusalsTests {

	private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

	private static final InetAddress ADDRESS = InetAddress.getLoopbackAddress();

	private final RecentRefusals refusals = new RecentRefusals();

	@Test
	void latestComesFirstAndOnlySoManyAreKept() {
		IntStream.rangeClosed(1, RecentRefusals.SIZE + 2)
			.forEach((i) -> this.refusals.onEvent(
					new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, null, Reason.ISSUER_UNKNOWN, "no " + i)));
		assertThat(RecentRefusals.SIZE).isEqualTo(100);
		assertThat(this.refusals.latest()).hasSize(100)
			.startsWith(refusal(102))
			.endsWith(refusal(3))
			.isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(b.detail().substring(3)),
					Integer.parseInt(a.detail().substring(3))));
	}

	@Test
	void refusalsOfAllKindsAreKeptAndNothingElse() {
		PeerIdentity identity = PeerIdentity.of(TestAuthority.create().client("client").chain().get(0));
		this.refusals
			.onEvent(new MtlsEvent.PeerRefused(NOW, "server", ADDRESS, null, null, Reason.ISSUER_UNKNOWN, "no path"));
		this.refusals
			.onEvent(new MtlsEvent.RefusalReported(NOW, "server", null, identity, null, Reason.PIN_MISMATCH, "no pin"));
		this.refusals.onEvent(
				new MtlsEvent.ConnectionCut(NOW, "client", ADDRESS, identity, null, Reason.KILL_SWITCH, "engaged"));
		this.refusals.onEvent(new MtlsEvent.PeerAdmitted(NOW, "server", ADDRESS, identity, null, "any"));
		this.refusals.onEvent(new MtlsEvent.Reloaded(NOW, "server", 2));
		assertThat(this.refusals.latest()).extracting(RecentRefusals.Refusal::outcome)
			.containsExactly("cut", "reported", "refused");
		assertThat(this.refusals.latest().get(1)).satisfies((reported) -> {
			assertThat(reported.identity()).isEqualTo(identity.displayName());
			assertThat(reported.address()).isNull();
			assertThat(reported.reason()).isEqualTo("pin-mismatch");
			assertThat(reported.help()).isEqualTo("docs/troubleshooting.md#pin-mismatch");
			assertThat(reported.fix()).isEqualTo(Reason.PIN_MISMATCH.fix());
		});
	}

	private static RecentRefusals.Refusal refusal(int number) {
		return new RecentRefusals.Refusal(NOW, "server", "refused", "127.0.0.1", null, "issuer-unknown", 307,
				"no " + number, Reason.ISSUER_UNKNOWN.fix(), Reason.ISSUER_UNKNOWN.help());
	}

}
