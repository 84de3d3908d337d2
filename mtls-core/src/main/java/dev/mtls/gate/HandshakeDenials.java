package dev.mtls.gate;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;

/**
 * Why handshakes were refused, kept from the trust manager that knows the reason to the
 * server that knows the address. An entry lives no longer than its connection.
 */
final class HandshakeDenials {

	private final Map<Object, Decision.Deny> denials = Collections.synchronizedMap(new WeakHashMap<>());

	void put(@Nullable Object connection, Decision.Deny denial) {
		if (connection != null) {
			this.denials.put(connection, denial);
		}
	}

	Decision.@Nullable Deny take(@Nullable Object connection) {
		return (connection != null) ? this.denials.remove(connection) : null;
	}

}
