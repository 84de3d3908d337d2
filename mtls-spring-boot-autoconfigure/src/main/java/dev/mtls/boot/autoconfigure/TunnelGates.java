package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.springframework.core.env.Environment;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.gate.Gate;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.tcp.tunnel.MtlsTunnel;
import dev.mtls.tcp.tunnel.TunnelRole;

/**
 * The gates of tunnels: for a server one of its own, over the key, trust and rules of
 * {@code mtls.server}, and for a client that of an identity.
 */
final class TunnelGates {

	private final Map<String, Gate> gates;

	private TunnelGates(Map<String, Gate> gates) {
		this.gates = gates;
	}

	static TunnelGates open(Environment environment, GateOpener gates, IdentityGates identities,
			GateRegistry registry) {
		Map<String, Gate> opened = new LinkedHashMap<>();
		TunnelProperties.enabled(environment).forEach((tunnel, properties) -> {
			NamedClients.checkFree(environment, name(tunnel), TunnelProperties.prefix(tunnel));
			opened.put(tunnel, (properties.checkedRole(tunnel) == TunnelRole.SERVER)
					? server(tunnel, properties, environment, gates) : client(tunnel, properties, identities));
			registry.addBundle(bundle(tunnel));
		});
		return new TunnelGates(opened);
	}

	/**
	 * The name of the SSL bundle of a tunnel.
	 * @param tunnel the name of the tunnel
	 * @return the name
	 */
	static String bundle(String tunnel) {
		return "mtls-" + name(tunnel);
	}

	private static String name(String tunnel) {
		return "tunnel-" + tunnel;
	}

	static Gate server(String tunnel, TunnelProperties properties, Environment environment, GateOpener gates) {
		MtlsServerProperties shared = StrictProperties.bind(environment, MtlsServerProperties.PREFIX,
				MtlsServerProperties.class);
		TunnelAuthentication authentication = new TunnelAuthentication(tunnel, properties);
		authentication.checkServer(shared);
		boolean authenticated = !properties.disableAuthentication();
		SnapshotLocations locations = shared.locations(MtlsServerProperties.PREFIX);
		Gate gate = gates.open((options) -> properties.limits()
			.applyTo(shared.tcpGateSettings(name(tunnel), authenticated, options), TunnelProperties.prefix(tunnel)),
				authenticated ? locations : locations.withOptionalTrust(), shared.bundle());
		authentication.checkRules(gate);
		return gate;
	}

	static Gate client(String tunnel, TunnelProperties properties, IdentityGates identities) {
		Gate gate = identities.gate(TunnelProperties.prefix(tunnel) + ".client", properties.identity());
		new TunnelAuthentication(tunnel, properties).checkIdentity(gate);
		return gate;
	}

	Gate gate(String tunnel) {
		return Objects.requireNonNull(this.gates.get(tunnel));
	}

	/**
	 * The tunnels of these gates.
	 * @param environment has their properties
	 * @return the tunnels by name
	 */
	Map<String, MtlsTunnel> tunnels(Environment environment) {
		Map<String, MtlsTunnel> tunnels = new LinkedHashMap<>();
		TunnelProperties.enabled(environment)
			.forEach((name, properties) -> tunnels.put(name, properties.tunnel(name, gate(name), environment)));
		return tunnels;
	}

}
