package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.boot.client.MtlsClient;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;

/**
 * Makes the TCP clients, with the gates of client identities, and their pools.
 */
final class TcpClients {

	private final Environment environment;

	private final @Nullable ClientIdentities identities;

	TcpClients(Environment environment, @Nullable ClientIdentities identities) {
		this.environment = environment;
		this.identities = identities;
	}

	/**
	 * Make a client.
	 * @param name the name of the client
	 * @return the client
	 */
	MtlsTcpClient client(String name) {
		TcpClientProperties properties = properties(name);
		return properties.client(name, gate(name, properties.client()));
	}

	/**
	 * Make a pool.
	 * @param name the name of the client
	 * @param client the client
	 * @return the pool
	 */
	MtlsTcpPool pool(String name, MtlsTcpClient client) {
		return MtlsTcpPool.create(client, properties(name).poolLimits(name));
	}

	private TcpClientProperties properties(String name) {
		return StrictProperties.bind(this.environment, TcpClientProperties.prefix(name), TcpClientProperties.class);
	}

	private Gate gate(String name, String identity) {
		MtlsClient client = null;
		if (this.identities != null) {
			client = identity.equals(TcpClientProperties.STANDARD) ? this.identities.standard()
					: this.identities.find(identity);
		}
		if (client != null) {
			return client.gate();
		}
		boolean standard = identity.equals(TcpClientProperties.STANDARD);
		throw new MtlsException(Reason.CONFIGURATION_INVALID,
				"%s.client=%s".formatted(TcpClientProperties.prefix(name), identity),
				standard ? "%s is not configured".formatted(MtlsClientProperties.PREFIX)
						: "%s is not configured".formatted(NamedClients.prefix(identity)),
				"configure it, or name another identity: client, or one of mtls.clients");
	}

}
