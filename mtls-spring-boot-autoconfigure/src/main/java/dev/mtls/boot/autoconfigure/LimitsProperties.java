package dev.mtls.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.mtls.decision.MtlsException;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.GateSettings;

/**
 * Limits of a server. IPv6 addresses count by their first 64 bits.
 *
 * @param handshakeTimeout Time that a handshake may take in all.
 * @param connections Number of connections in all, those in the handshake included.
 * Unlimited if not set.
 * @param connectionsPerAddress Number of connections from one address. Unlimited if not
 * set.
 * @param connectionsPerIdentity Number of connections of clients with one name. Unlimited
 * if not set.
 * @param handshakesPerSecond Number of handshakes that one address may begin in a second.
 * Unlimited if not set.
 */
record LimitsProperties(@DefaultValue("10s") Duration handshakeTimeout, @Nullable Integer connections,
		@Nullable Integer connectionsPerAddress, @Nullable Integer connectionsPerIdentity,
		@Nullable Integer handshakesPerSecond) {

	GateSettings applyTo(GateSettings settings, String prefix) {
		ClientPoolProperties.checkTime(prefix + ".limits.handshake-timeout", this.handshakeTimeout);
		return settings.withHandshakeTimeout(this.handshakeTimeout).withLimits(connectionLimits(prefix));
	}

	private ConnectionLimits connectionLimits(String prefix) {
		try {
			return new ConnectionLimits(orUnlimited(this.connections), orUnlimited(this.connectionsPerAddress),
					orUnlimited(this.connectionsPerIdentity), orUnlimited(this.handshakesPerSecond));
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.limits.%s".formatted(prefix, ex.place()), ex.problem(), ex.fix());
		}
	}

	private static int orUnlimited(@Nullable Integer limit) {
		return (limit != null) ? limit : ConnectionLimits.UNLIMITED;
	}

}
