package dev.mtls.gate;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;

/**
 * How much of a server peers may use up. An IPv4 address counts by itself, IPv6 addresses
 * count by their first 64 bits, because who has one has the others of that network too
 * (RFC 4291, section 2.5.1).
 *
 * @param connections how many connections there may be in all
 * @param connectionsPerAddress how many there may be from one address
 * @param connectionsPerIdentity how many there may be of peers with one display name
 * @param handshakesPerSecond how many handshakes one address may begin in a second, at
 * most {@value HandshakeRates#MAX_LIMIT}
 */
public record ConnectionLimits(int connections, int connectionsPerAddress, int connectionsPerIdentity,
		int handshakesPerSecond) {

	/**
	 * Does not limit.
	 */
	public static final int UNLIMITED = Integer.MAX_VALUE;

	/**
	 * No limits.
	 */
	public static final ConnectionLimits NONE = new ConnectionLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

	/**
	 * Create limits.
	 * @throws MtlsException with {@link Reason#CONFIGURATION_INVALID} if a limit is less
	 * than 1, or handshakes are limited to more than can be counted
	 */
	public ConnectionLimits {
		check("connections", connections);
		check("connections-per-address", connectionsPerAddress);
		check("connections-per-identity", connectionsPerIdentity);
		check("handshakes-per-second", handshakesPerSecond);
		if (handshakesPerSecond != UNLIMITED && handshakesPerSecond > HandshakeRates.MAX_LIMIT) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "handshakes-per-second=" + handshakesPerSecond,
					"more than %d cannot be counted".formatted(HandshakeRates.MAX_LIMIT),
					"remove the limit, or lower it");
		}
	}

	private static void check(String name, int limit) {
		if (limit < 1) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%d".formatted(name, limit),
					"that would admit nobody",
					"set at least 1, or remove the limit; to refuse everybody there is the kill switch");
		}
	}

}
