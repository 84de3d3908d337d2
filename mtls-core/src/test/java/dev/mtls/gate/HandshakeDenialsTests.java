package dev.mtls.gate;

import java.lang.ref.WeakReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandshakeDenials}.
 */
class HandshakeDenialsTests {

	private static final Decision.Deny DENIAL = new Decision.Deny(Reason.ISSUER_UNKNOWN, "detail");

	private final HandshakeDenials denials = new HandshakeDenials();

	@Nullable Object connection = new Object();

	@Test
	void takeReturnsDenialOfConnectionOnce() {
		Object other = new Object();
		this.denials.put(this.connection, DENIAL);
		assertThat(this.denials.take(other)).isNull();
		assertThat(this.denials.take(this.connection)).isSameAs(DENIAL);
		assertThat(this.denials.take(this.connection)).isNull();
	}

	@Test
	void takeWhenConnectionIsUnknownReturnsNone() {
		this.denials.put(null, DENIAL);
		assertThat(this.denials.take(null)).isNull();
	}

	@Test
	void putDoesNotKeepConnectionAlive() {
		WeakReference<Object> reference = new WeakReference<>(this.connection);
		this.denials.put(this.connection, DENIAL);
		this.connection = null;
		Awaitility.await().until(() -> {
			System.gc();
			return reference.get() == null;
		});
	}

}
