package dev.mtls.tcp;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.tcp.netty.ConnectionEnd;

/**
 * How long a connection may wait. The time for the handshake is a setting of the gate.
 *
 * @param read how long nothing may come from the peer while something is asked for, or
 * {@code null} for any time
 * @param write how long something that was sent may take to be written to the socket, or
 * {@code null} for any time
 * @param idle how long nothing may be sent in either direction, or {@code null} for any
 * time
 */
public record TcpTimeouts(@Nullable Duration read, @Nullable Duration write, @Nullable Duration idle) {

	/**
	 * Any time.
	 */
	public static final TcpTimeouts NONE = new TcpTimeouts(null, null, null);

	/**
	 * Create timeouts.
	 * @throws MtlsException if one is not positive
	 */
	public TcpTimeouts {
		check("read-timeout", read);
		check("write-timeout", write);
		check("idle-timeout", idle);
	}

	/**
	 * Have a connection closed that waits too long.
	 * @param connection the connection
	 * @param end is told the reason
	 */
	public void addTo(Connection connection, ConnectionEnd end) {
		TimeoutHandlers.add(connection, this, end);
	}

	private static void check(String name, @Nullable Duration timeout) {
		if (timeout != null && timeout.toMillis() <= 0) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(name, timeout),
					"the timeout is less than a millisecond", "set a duration such as 30s, or remove it");
		}
	}

}
