package dev.mtls.gate;

import java.lang.ref.WeakReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandshakeDecisions}.
 */
class HandshakeDecisionsTests {

	private static final Decision.Deny DENIAL = new Decision.Deny(Reason.ISSUER_UNKNOWN, "detail");

	private final HandshakeDecisions decisions = new HandshakeDecisions();

	@Nullable Object connection = new Object();

	@Test
	void takeReturnsDecisionOnConnectionOnce() {
		Object other = new Object();
		this.decisions.put(this.connection, DENIAL);
		assertThat(this.decisions.take(other)).isNull();
		assertThat(this.decisions.take(this.connection)).isSameAs(DENIAL);
		assertThat(this.decisions.take(this.connection)).isNull();
	}

	@Test
	void takeWhenConnectionIsUnknownReturnsNone() {
		this.decisions.put(null, DENIAL);
		assertThat(this.decisions.take(null)).isNull();
	}

	@Test
	void putDoesNotKeepConnectionAlive() {
		WeakReference<Object> reference = new WeakReference<>(this.connection);
		this.decisions.put(this.connection, DENIAL);
		this.connection = null;
		Awaitility.await().until(() -> {
			System.gc();
			return reference.get() == null;
		});
	}

}
