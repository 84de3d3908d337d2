package dev.mtls.decision;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Verdict} and {@link Decision}.
 */
class VerdictTests {

	@Test
	void thenWhenAcceptedGoesOn() {
		assertThat(Verdict.accepted("a").then((value) -> Verdict.accepted(value + "b")))
			.isEqualTo(Verdict.accepted("ab"));
		assertThat(Verdict.accepted("a").then((value) -> Verdict.refused(Reason.KILL_SWITCH, value)))
			.isEqualTo(Verdict.refused(Reason.KILL_SWITCH, "a"));
	}

	@Test
	void thenWhenRefusedPassesDenialOnAndAsksNobody() {
		Verdict<String> refused = Verdict.refused(Reason.KILL_SWITCH, "detail");
		Verdict<Integer> next = refused.then((value) -> {
			throw new IllegalStateException(value);
		});
		assertThat(next).isEqualTo(Verdict.refused(Reason.KILL_SWITCH, "detail"));
	}

	@Test
	void isAllowedWhenAllowIsTrueAndElseFalse() {
		assertThat(new Decision.Allow("rule").isAllowed()).isTrue();
		assertThat(new Decision.Deny(Reason.INTERNAL, "detail").isAllowed()).isFalse();
	}

	@Test
	void detailWhenPeerChoseItIsPrintableAndBounded() {
		assertThat(new Decision.Deny(Reason.INTERNAL, "a\nb").detail()).isEqualTo("a\\u000ab");
		assertThat(new Decision.Deny(Reason.INTERNAL, "a".repeat(100_000)).detail()).hasSize(PrintableText.MAX_LENGTH);
		assertThat(new Decision.Allow("a\nb").rule()).isEqualTo("a\\u000ab");
	}

}
