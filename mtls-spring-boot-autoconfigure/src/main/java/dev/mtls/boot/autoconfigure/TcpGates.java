package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.server.MtlsTcpServer;

/**
 * The gates of TCP servers: one for each, over the key, trust and rules of
 * {@code mtls.server}, with limits of its own.
 */
final class TcpGates {

	private final Map<String, Gate> gates;

	private TcpGates(Map<String, Gate> gates) {
		this.gates = gates;
	}

	static TcpGates open(Environment environment, Gates gates) {
		MtlsServerProperties shared = StrictProperties.bind(environment, MtlsServerProperties.PREFIX,
				MtlsServerProperties.class);
		Map<String, Gate> opened = new LinkedHashMap<>();
		enabled(environment).forEach((server, properties) -> {
			String name = name(server);
			if (NamedClients.of(environment).containsKey(name)) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, TcpServerProperties.prefix(server),
						"its gate has the name of %s".formatted(NamedClients.prefix(name)),
						"choose another name for the server or the client");
			}
			opened.put(server,
					gates.open(
							(options) -> properties.limits()
								.applyTo(shared.tcpGateSettings(name, options), TcpServerProperties.prefix(server)),
							shared.locations(MtlsServerProperties.PREFIX), shared.bundle()));
		});
		return new TcpGates(opened);
	}

	/**
	 * The name of the gate of a server.
	 * @param server the name of the server
	 * @return the name
	 */
	static String name(String server) {
		return "tcp-" + server;
	}

	static Map<String, TcpServerProperties> enabled(Environment environment) {
		Map<String, TcpServerProperties> servers = TcpServerProperties.of(environment);
		servers.values().removeIf((properties) -> !properties.enabled());
		return servers;
	}

	Gate gate(String server) {
		return Objects.requireNonNull(this.gates.get(server));
	}

	/**
	 * The servers of these gates, without handlers.
	 * @param environment has their properties
	 * @return the servers by name
	 */
	Map<String, MtlsTcpServer> servers(Environment environment) {
		Map<String, MtlsTcpServer> servers = new LinkedHashMap<>();
		enabled(environment)
			.forEach((name, properties) -> servers.put(name, properties.server(name, gate(name), environment)));
		return servers;
	}

}
