package dev.mtls.boot.actuate;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import dev.mtls.boot.tunnel.TunnelLifecycle;

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
		Health.Builder health = this.tunnels.isRunning() ? Health.up() : Health.outOfService();
		this.tunnels.tunnels()
			.forEach((tunnel) -> health.withDetail(tunnel.name(),
					new Detail(tunnel.address().toString(), tunnel.connections())));
		return health.build();
	}

	/**
	 * What is shown of one tunnel.
	 *
	 * @param listen where it listens
	 * @param connections how many connections it has
	 */
	record Detail(String listen, int connections) {

	}

}
