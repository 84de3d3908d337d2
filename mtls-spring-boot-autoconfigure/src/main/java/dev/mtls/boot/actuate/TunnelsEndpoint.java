package dev.mtls.boot.actuate;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.gate.Gate;

/**
 * The endpoint {@code mtlstunnels}: what each tunnel passes on between which addresses,
 * and its own certificate. It names no peer.
 */
@Endpoint(id = "mtlstunnels", defaultAccess = Access.READ_ONLY)
public final class TunnelsEndpoint {

	private final TunnelLifecycle tunnels;

	private final Function<String, Gate> gates;

	/**
	 * Create the endpoint.
	 * @param tunnels the tunnels
	 * @param gates gives the gate of a tunnel by its name
	 */
	public TunnelsEndpoint(TunnelLifecycle tunnels, Function<String, Gate> gates) {
		this.tunnels = tunnels;
		this.gates = gates;
	}

	/**
	 * Describe the tunnels.
	 * @return the description
	 */
	@ReadOperation
	public TunnelsDescriptor describe() {
		Map<String, TunnelDescriptor> described = new TreeMap<>();
		this.tunnels.tunnels()
			.forEach((tunnel) -> described.put(tunnel.name(),
					TunnelDescriptor.of(tunnel, this.tunnels.startedAt(), this.gates.apply(tunnel.name()))));
		return new TunnelsDescriptor(described);
	}

	/**
	 * The tunnels.
	 *
	 * @param tunnels the tunnels by their names
	 */
	public record TunnelsDescriptor(Map<String, TunnelDescriptor> tunnels) {

	}

}
