package dev.mtls.boot.actuate;

import java.util.Collection;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.RunningTunnel;

/**
 * The health contributor {@code mtlsTunnels}: whether the tunnels accept connections,
 * where, and how many they have. Certificates are a matter of {@link MtlsHealth}.
 */
public final class TunnelsHealth implements HealthIndicator {

	private final TunnelLifecycle tunnels;

	/**
	 * Create the indicator.
	 * @param tunnels the tunnels
	 */
	public TunnelsHealth(TunnelLifecycle tunnels) {
		this.tunnels = tunnels;
	}

	@Override
	public Health health() {
		Collection<RunningTunnel> started = this.tunnels.tunnels();
		boolean listening = this.tunnels.isRunning() && started.stream().allMatch(RunningTunnel::isListening);
		Health.Builder health = listening ? Health.up() : Health.outOfService();
		started.forEach((tunnel) -> health.withDetail(tunnel.name(),
				new Detail(tunnel.address().toString(), tunnel.isListening(), tunnel.connections())));
		return health.build();
	}

	/**
	 * What is shown of one tunnel.
	 *
	 * @param listen where it listens
	 * @param listening whether it does
	 * @param connections how many connections it has
	 */
	record Detail(String listen, boolean listening, int connections) {

	}

}
