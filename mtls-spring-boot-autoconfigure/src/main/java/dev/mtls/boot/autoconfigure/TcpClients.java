package dev.mtls.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

import dev.mtls.boot.client.ClientIdentities;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.MtlsTcpPool;

/**
 * Makes the TCP clients, with the gates of client identities, and their pools.
 */
final class TcpClients {

	private final Environment environment;

	private final IdentityGates gates;

	TcpClients(Environment environment, @Nullable ClientIdentities identities) {
		this.environment = environment;
		this.gates = IdentityGates.of(identities);
	}

	/**
	 * Make a client.
	 * @param name the name of the client
	 * @return the client
	 */
	MtlsTcpClient client(String name) {
		TcpClientProperties properties = properties(name);
		return properties.client(name,
				this.gates.gate(TcpClientProperties.prefix(name) + ".client", properties.client()));
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

}
