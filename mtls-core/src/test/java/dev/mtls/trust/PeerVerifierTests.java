package dev.mtls.trust;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.revocation.Revocation;
import dev.mtls.revocation.RevocationPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerVerifier}.
 */
class PeerVerifierTests {

	private static final Instant END = Certificates.NOW.plus(Duration.ofHours(1));

	private final VerifiedPath path = VerifiedPathTests.verified(Certificates.root("Root"),
			Certificates.leaf(PeerRole.CLIENT).notAfter(END));

	@Test
	void verifyWhenPathHoldsReturnsPeer() {
		assertThat(verify(Certificates.NOW)).isInstanceOfSatisfying(Verdict.Accepted.class,
				(accepted) -> assertThat(accepted.value()).isInstanceOfSatisfying(VerifiedPeer.class, (peer) -> {
					assertThat(peer.path()).isSameAs(this.path);
					assertThat(peer.identity()).isSameAs(this.path.identity());
				}));
	}

	@Test
	void verifyWhenPathEndsReturnsPeer() {
		assertThat(verify(END)).isInstanceOf(Verdict.Accepted.class);
	}

	@Test
	void verifyWhenPathHasRunOutSinceIsRefused() {
		assertThat(verify(END.plusMillis(1))).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED));
	}

	@Test
	void verifyWhenClockWentBackBeforePathIsRefused() {
		assertThat(verify(Certificates.NOW.minus(Duration.ofDays(1)))).isInstanceOfSatisfying(Verdict.Refused.class,
				(refused) -> assertThat(refused.denial().reason()).isEqualTo(Reason.CERTIFICATE_NOT_YET_VALID));
	}

	private Verdict<VerifiedPeer> verify(Instant now) {
		return new PeerVerifier(new Revocation(RevocationPolicy.OFF)).verify(this.path, now);
	}

}
