package dev.mtls.boot.autoconfigure;

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

	private final @Nullable ClientIdentities identities;

	IdentityGates(@Nullable ClientIdentities identities) {
		this.identities = identities;
	}

	/**
	 * Find a gate.
	 * @param property the property that names the identity
	 * @param identity the name of the identity
	 * @return the gate
	 * @throws MtlsException if the identity is not configured
	 */
	Gate gate(String property, String identity) {
		MtlsClient client = find(identity);
		if (client != null) {
			return client.gate();
		}
		throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s=%s".formatted(property, identity),
				"%s is not configured"
					.formatted(identity.equals(STANDARD) ? MtlsClientProperties.PREFIX : NamedClients.prefix(identity)),
				"configure it, or name another identity: client, or one of mtls.clients");
	}

	private @Nullable MtlsClient find(String identity) {
		if (this.identities == null) {
			return null;
		}
		return identity.equals(STANDARD) ? this.identities.standard() : this.identities.find(identity);
	}

}
