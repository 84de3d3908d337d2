package dev.mtls.trust;

import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One row of a table: what is presented, and the verdict.
 *
 * @param description what is presented, in words
 * @param reason why it is refused, or {@code null} if it is accepted
 * @param detail a part of the denial's detail
 * @param presented what is presented by a peer in a role
 */
record PathRow(String description, @Nullable Reason reason, String detail, Function<PeerRole, Presented> presented) {

	static PathRow accepted(String description, Function<PeerRole, Presented> presented) {
		return new PathRow(description, null, "", presented);
	}

	static PathRow refused(String description, Reason reason, String detail, Function<PeerRole, Presented> presented) {
		return new PathRow(description, reason, detail, presented);
	}

	static Stream<Arguments> inBothRoles(PathRow... rows) {
		return Stream.of(rows).flatMap((row) -> Stream.of(PeerRole.values()).map((role) -> Arguments.of(row, role)));
	}

	void assertVerdict(PeerRole role) {
		Presented shown = this.presented.apply(role);
		Verdict<VerifiedPath> verdict = new PathVerifier(shown.anchors()).verify(shown.chain(), role, Certificates.NOW);
		if (this.reason == null) {
			assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
			return;
		}
		assertThat(verdict).isInstanceOfSatisfying(Verdict.Refused.class, (refused) -> {
			assertThat(refused.denial().reason()).as(refused.denial().detail()).isEqualTo(this.reason);
			assertThat(refused.denial().detail()).contains(this.detail);
		});
	}

	@Override
	public String toString() {
		return "%s: %s".formatted(this.description, (this.reason != null) ? this.reason : "accepted");
	}

}
