package dev.mtls.tcp.tunnel;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How long a tunnel waits. The time for a handshake is a setting of its gate.
 *
 * @param connect how long connecting to one address of the target may take
 * @param close how long a side may send nothing after the other has closed its own output
 * @param idle how long nothing may be sent in either direction, or {@code null} for any
 * time
 * @param lifetime how old a session may become, or {@code null} for any age
 * @param shutdown how long sessions may go on when the tunnel is shut down; zero to cut
 * them at once
 */
public record TunnelTimeouts(Duration connect, Duration close, @Nullable Duration idle, @Nullable Duration lifetime,
		Duration shutdown) {

	/**
	 * 10 seconds to connect and to close, 30 to shut down, and no bound on idle time and
	 * age.
	 */
	public static final TunnelTimeouts DEFAULTS = new TunnelTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(10),
			null, null, Duration.ofSeconds(30));

	/**
	 * Create timeouts.
	 * @throws MtlsException if one is less than a millisecond, or more than 24 days
	 */
	public TunnelTimeouts {
		check("connect-timeout", connect);
		check("close-timeout", close);
		check("idle-timeout", idle);
		check("max-lifetime", lifetime);
		if (shutdown.isNegative()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "shutdown-timeout=" + shutdown,
					"the time is negative", "set a duration such as 30s, or 0 to cut sessions at once");
		}
	}

	private static void check(String name, @Nullable Duration timeout) {
		if (timeout != null && (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.toDays() >= 24)) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(name, timeout),
					"the timeout is less than a millisecond, or more than 24 days", "set a duration such as 30s");
		}
	}

}
