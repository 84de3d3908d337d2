package dev.mtls.boot.autoconfigure;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;

/**
 * Finds the gate of a client identity that a property names.
 */
final class IdentityGates {

	/**
	 * Names the identity of {@code mtls.client}.
	 */
	static final String STANDARD = "client";

	private final Function<String, @Nullable Gate> gates;

	/**
	 * Create it.
	 * @param gates finds the gate of an identity
	 */
	IdentityGates(Function<String, @Nullable Gate> gates) {
		this.gates = gates;
	}

	/**
	 * Create it for the identities of the application.
	 * @param identities the identities, or {@code null} if there are none
	 * @return the gates
	 */
	static IdentityGates of(@Nullable ClientIdentities identities) {
		return new IdentityGates((identity) -> {
			MtlsClient client = (identities != null) ? find(identities, identity) : null;
			return (client != null) ? client.gate() : null;
		});
	}

	/**
	 * Find a gate.
	 * @param property the property that names the identity
	 * @param identity the name of the identity
	 * @return the gate
	 * @throws MtlsException if the identity is not configured
	 */
	Gate gate(String property, String identity) {
		Gate gate = this.gates.apply(identity);
		if (gate != null) {
			return gate;
		}
		throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(property, identity),
				"%s is not configured"
					.formatted(identity.equals(STANDARD) ? MtlsClientProperties.PREFIX : NamedClients.prefix(identity)),
				"configure it, or name another identity: client, or one of mtls.clients");
	}

	private static @Nullable MtlsClient find(ClientIdentities identities, String identity) {
		return identity.equals(STANDARD) ? identities.standard() : identities.find(identity);
	}

}
