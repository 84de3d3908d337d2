package dev.mtls.gate;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;

/**
 * What was decided on the chains of handshakes, kept from the trust manager that knows
 * the reason to the server that knows the address. A handshake that resumes a session
 * presents no chain and has no decision. An entry lives no longer than its connection.
 */
final class HandshakeDecisions {

	private final Map<Object, Decision> decisions = Collections.synchronizedMap(new WeakHashMap<>());

	void put(@Nullable Object connection, Decision decision) {
		if (connection != null) {
			this.decisions.put(connection, decision);
		}
	}

	/**
	 * Take the decision on a connection.
	 * @param connection the connection
	 * @return the decision, or {@code null} if it was not asked for or taken before
	 */
	@Nullable Decision take(@Nullable Object connection) {
		return (connection != null) ? this.decisions.remove(connection) : null;
	}

}
