package dev.mtls.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.pool.PoolLimits;

/**
 * A TCP client.
 *
 * @param server Which server to connect to, as host:port.
 * @param client Whose key, trust and rules it uses: client for those of mtls.client, or
 * the name of one of mtls.clients.
 * @param connectTimeout Time that connecting to an address may take, without the
 * handshake.
 * @param readTimeout Time in which something must come from the server. Unlimited if not
 * set.
 * @param writeTimeout Time in which what is sent to the server must be written. Unlimited
 * if not set.
 * @param idleTimeout Time in which something must be sent in either direction. Unlimited
 * if not set.
 * @param retry Whether and how connecting is tried again. Not if none of its keys is set.
 * @param pool Connection pool, for who uses it.
 */
record TcpClientProperties(@Nullable String server, @DefaultValue(IdentityGates.STANDARD) String client,
		@DefaultValue("10s") Duration connectTimeout, @Nullable Duration readTimeout, @Nullable Duration writeTimeout,
		@Nullable Duration idleTimeout, @NestedConfigurationProperty @Nullable TcpRetryProperties retry,
		@NestedConfigurationProperty @Nullable TcpPoolProperties pool) {

	static final String PREFIX = "mtls.tcp.clients";

	/**
	 * Bind the properties of all clients.
	 * @param environment the environment
	 * @return the properties by the names of the clients
	 */
	static Map<String, TcpClientProperties> of(Environment environment) {
		Map<String, TcpClientProperties> clients = new LinkedHashMap<>();
		for (String name : StrictProperties.names(environment, PREFIX)) {
			TcpServerProperties.checkName(PREFIX, name);
			clients.put(name, StrictProperties.bind(environment, prefix(name), TcpClientProperties.class));
		}
		return clients;
	}

	static String prefix(String name) {
		return "%s.%s".formatted(PREFIX, name);
	}

	MtlsTcpClient client(String name, Gate gate) {
		String prefix = prefix(name);
		// A pool is made when somebody uses it, and what is wrong about it is told at the
		// start
		poolLimits(name);
		HostAndPort address = address(prefix);
		MtlsTcpClient configured = connectTimeout(prefix, MtlsTcpClient.create(gate).name(prefix)).host(address.host())
			.port(address.port())
			.timeouts(TcpServerProperties.timeouts(prefix, this.readTimeout, this.writeTimeout, this.idleTimeout));
		return (this.retry != null) ? configured.retry(this.retry.backoff(prefix + ".retry")) : configured;
	}

	PoolLimits poolLimits(String name) {
		return (this.pool != null) ? this.pool.limits(prefix(name) + ".pool") : PoolLimits.DEFAULTS;
	}

	private HostAndPort address(String prefix) {
		if (this.server == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, prefix + ".server", "it is not set",
					"set which server to connect to, such as orders.example.com:7443");
		}
		try {
			return HostAndPort.ofPeer(this.server);
		}
		catch (MtlsException ex) {
			throw ex.at(prefix + ".server");
		}
	}

	private MtlsTcpClient connectTimeout(String prefix, MtlsTcpClient configured) {
		try {
			return configured.connectTimeout(this.connectTimeout);
		}
		catch (MtlsException ex) {
			throw new MtlsException(ex.reason(), "%s.%s".formatted(prefix, ex.place()), ex.problem(), ex.fix());
		}
	}

}
