package dev.mtls.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.env.Environment;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.tunnel.TunnelAddress;
import dev.mtls.tcp.tunnel.TunnelRole;

/**
 * Checks tunnels as the application that runs them does, before it takes its time to
 * start.
 */
public final class TunnelChecks {

	private final Environment environment;

	private final GateOpener gates = (settings, locations,
			bundle) -> Gate.builder(settings.apply(SslOptions.NONE), locations).open();

	/**
	 * Create the checks.
	 * @param environment has the properties
	 */
	public TunnelChecks(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Check the properties of all tunnels that are enabled, and the files that they name.
	 * What an SSL bundle holds is left to the application.
	 * @return where the tunnels are to listen, by the property that says so
	 * @throws MtlsException if a tunnel could not be started
	 */
	public Map<String, TunnelAddress> check() {
		Map<String, TunnelAddress> listeners = new LinkedHashMap<>();
		if (OnMtlsCondition.isEnabled(this.environment)) {
			TunnelProperties.enabled(this.environment).forEach((tunnel, properties) -> {
				check(tunnel, properties);
				add(listeners, TunnelProperties.prefix(tunnel) + ".listen", properties.listener(tunnel));
			});
		}
		return listeners;
	}

	private void check(String tunnel, TunnelProperties properties) {
		Gate gate = (properties.checkedRole(tunnel) == TunnelRole.SERVER) ? server(tunnel, properties)
				: client(tunnel, properties);
		if (gate != null) {
			properties.tunnel(tunnel, gate, this.environment);
		}
	}

	private @Nullable Gate server(String tunnel, TunnelProperties properties) {
		MtlsServerProperties shared = StrictProperties.bind(this.environment, MtlsServerProperties.PREFIX,
				MtlsServerProperties.class);
		return (shared.bundle() == null) ? TunnelGates.server(tunnel, properties, this.environment, this.gates) : null;
	}

	private @Nullable Gate client(String tunnel, TunnelProperties properties) {
		MtlsClientProperties identity = identity(properties.identity());
		return (identity == null || identity.bundle() == null)
				? TunnelGates.client(tunnel, properties, new IdentityGates((name) -> open(name, identity))) : null;
	}

	private @Nullable MtlsClientProperties identity(String name) {
		if (!name.equals(IdentityGates.STANDARD)) {
			return NamedClients.of(this.environment).get(name);
		}
		return OnMtlsCondition.isOn(this.environment, MtlsClientProperties.PREFIX)
				? StrictProperties.bind(this.environment, MtlsClientProperties.PREFIX, MtlsClientProperties.class)
				: null;
	}

	private @Nullable Gate open(String name, @Nullable MtlsClientProperties identity) {
		if (identity == null) {
			return null;
		}
		String prefix = name.equals(IdentityGates.STANDARD) ? MtlsClientProperties.PREFIX : NamedClients.prefix(name);
		return this.gates.open((options) -> identity.gateSettings(prefix, name, options), identity.locations(prefix),
				null);
	}

	private static void add(Map<String, TunnelAddress> listeners, String property, TunnelAddress address) {
		boolean chosen = !(address instanceof TunnelAddress.Internet internet && internet.hostAndPort().port() == 0);
		listeners.forEach((other, taken) -> {
			if (chosen && taken.equals(address)) {
				throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "%s=%s".formatted(property, address),
						"%s is the same address".formatted(other), "choose another one");
			}
		});
		listeners.put(property, address);
	}

}
