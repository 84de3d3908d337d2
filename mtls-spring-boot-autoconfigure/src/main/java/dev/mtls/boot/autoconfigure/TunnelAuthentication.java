package dev.mtls.boot.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.Rules;

/**
 * Checks that a tunnel says who gets in, and that nothing contradicts it.
 */
final class TunnelAuthentication {

	private final String prefix;

	private final TunnelProperties properties;

	TunnelAuthentication(String tunnel, TunnelProperties properties) {
		this.prefix = TunnelProperties.prefix(tunnel);
		this.properties = properties;
	}

	/**
	 * Check what is configured for a tunnel of role server.
	 * @param server what it shares with other servers
	 * @throws MtlsException if it contradicts itself
	 */
	void checkServer(MtlsServerProperties server) {
		if (this.properties.disableAuthentication()) {
			if (this.properties.allowAll()) {
				throw conflict("disable-authentication",
						"allow-all is for those with a certificate, and nobody is asked for one", "remove one of them");
			}
			checkUnset("disable-authentication", "nobody is asked for a certificate that it could be about", server);
		}
		if (this.properties.allowAll()) {
			checkUnset("allow-all", "it would let in whoever has a trusted certificate all the same", server);
		}
	}

	/**
	 * Check the rules of a tunnel of role server.
	 * @param gate its gate
	 * @throws MtlsException if it has none and does not say that it needs none
	 */
	void checkRules(Gate gate) {
		if (!this.properties.disableAuthentication() && !this.properties.allowAll() && !hasRules(gate.rules())) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, this.prefix,
					"nothing says who gets in, so that it would be whoever has a trusted certificate",
					"set %s.allowed-clients, pins or allowed-networks, or %s.allow-all=true"
						.formatted(MtlsServerProperties.PREFIX, this.prefix));
		}
	}

	/**
	 * Check the certificate of a tunnel of role client.
	 * @param gate its gate
	 * @throws MtlsException if there is none, or is one, against what is configured
	 */
	void checkIdentity(Gate gate) {
		boolean certificate = gate.snapshot().key() != null;
		if (certificate && this.properties.disableAuthentication()) {
			throw conflict("disable-authentication",
					"the identity %s has a certificate to show".formatted(this.properties.identity()),
					"remove it, or name an identity without certificate");
		}
		if (!certificate && !this.properties.disableAuthentication()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID,
					"%s.client=%s".formatted(this.prefix, this.properties.identity()),
					"the identity has no certificate to show",
					"set its certificate and private-key, or %s.disable-authentication=true".formatted(this.prefix));
		}
	}

	private void checkUnset(String key, String problem, MtlsServerProperties server) {
		checkUnset(key, problem, "allowed-clients", server.allowedClients());
		checkUnset(key, problem, "pins", server.pins());
	}

	private void checkUnset(String key, String problem, String rule, @Nullable List<String> entries) {
		if (entries != null) {
			throw conflict(key, "%s.%s is set as well, and %s".formatted(MtlsServerProperties.PREFIX, rule, problem),
					"remove one of them");
		}
	}

	private static boolean hasRules(Rules rules) {
		return rules.access().allowedPeers() != null || rules.access().allowedNetworks() != null
				|| !rules.pins().keyDigests().isEmpty() || !rules.pins().fingerprints().isEmpty();
	}

	private MtlsException conflict(String key, String problem, String fix) {
		return new MtlsException(Reason.CONFIGURATION_CONFLICT, "%s.%s=true".formatted(this.prefix, key), problem, fix);
	}

}
