package dev.mtls.boot.actuate;

import java.time.InstantSource;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;

/**
 * The health contributor {@code mtls}: by the name of each gate what Spring Boot's
 * {@code ssl} contributor does not see - whole chains, trust anchors, revocation, reloads
 * - and the kill switch.
 */
public final class MtlsHealth implements CompositeHealthContributor {

	private static final String KILL_SWITCH = "killSwitch";

	private final GateRegistry gates;

	private final KillSwitch killSwitch;

	private final HealthThresholds thresholds;

	private final InstantSource clock;

	/**
	 * Create the contributor.
	 * @param gates the gates
	 * @param killSwitch the kill switch of all gates but that of a management port
	 * @param thresholds when health changes, and to what
	 * @param clock the clock
	 */
	public MtlsHealth(GateRegistry gates, KillSwitch killSwitch, HealthThresholds thresholds, InstantSource clock) {
		this.gates = gates;
		this.killSwitch = killSwitch;
		this.thresholds = thresholds;
		this.clock = clock;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		return KILL_SWITCH.equals(name) ? (HealthIndicator) this::killSwitch
				: this.gates.find(name).map(this::contributor).orElse(null);
	}

	@Override
	public Stream<Entry> stream() {
		return Stream.concat(
				this.gates.gates().stream().map((gate) -> new Entry(gate.settings().name(), contributor(gate))),
				Stream.of(new Entry(KILL_SWITCH, (HealthIndicator) this::killSwitch)));
	}

	private CompositeHealthContributor contributor(Gate gate) {
		return new GateContributor(new GateHealth(gate, this.thresholds, this.clock));
	}

	private Health killSwitch() {
		// Whoever restarts what is out of service would release the switch
		boolean engaged = this.killSwitch.isEngaged();
		return Health.status(engaged ? this.thresholds.criticalStatus() : Status.UP)
			.withDetail("engaged", engaged)
			.build();
	}

	/**
	 * The parts of one gate.
	 */
	private record GateContributor(GateHealth health) implements CompositeHealthContributor {

		@Override
		public @Nullable HealthContributor getContributor(String name) {
			return this.health.part(name);
		}

		@Override
		public Stream<Entry> stream() {
			return GateHealth.parts().stream().flatMap((name) -> {
				HealthIndicator part = this.health.part(name);
				return (part != null) ? Stream.of(new Entry(name, part)) : Stream.empty();
			});
		}

	}

}
