package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.springframework.core.env.Environment;

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
			NamedClients.checkFree(environment, name, TcpServerProperties.prefix(server));
			opened.put(server,
					gates.open((options) -> properties.limits()
						.applyTo(shared.tcpGateSettings(name, true, options), TcpServerProperties.prefix(server)),
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
