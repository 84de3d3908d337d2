package dev.mtls.boot.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.mtls.boot.tunnel.TunnelLifecycle;
import dev.mtls.tcp.tunnel.RunningTunnel;
import dev.mtls.tcp.tunnel.SessionEnd;
import dev.mtls.tcp.tunnel.TunnelSession;
import dev.mtls.tcp.tunnel.TunnelSessionListener;

/**
 * {@link MeterBinder} for the sessions of tunnels. No tag holds anything that a peer
 * chose, and all meters are there from the start.
 */
public final class TunnelMetrics implements MeterBinder, TunnelSessionListener {

	private static final String TUNNEL = "tunnel";

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final TunnelLifecycle tunnels;

	/**
	 * Create the metrics.
	 * @param tunnels the tunnels
	 */
	public TunnelMetrics(TunnelLifecycle tunnels) {
		this.tunnels = tunnels;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		this.tunnels.names().forEach((tunnel) -> bind(registry, tunnel));
	}

	@Override
	public void ended(TunnelSession session) {
		SessionEnd end = session.end();
		if (end != null) {
			this.registries.forEach((registry) -> sessions(registry, session.tunnel(), end).record(session.uptime()));
		}
	}

	private void bind(MeterRegistry registry, String tunnel) {
		Gauge.builder("mtls.tunnel.sessions.active", this.tunnels, value(tunnel, (any) -> any.sessions().size()))
			.description("Sessions that have not ended")
			.baseUnit("sessions")
			.tag(TUNNEL, tunnel)
			.register(registry);
		for (SessionEnd end : SessionEnd.values()) {
			sessions(registry, tunnel, end);
		}
		bytes(registry, tunnel, "to-target", RunningTunnel::bytesToTarget);
		bytes(registry, tunnel, "to-client", RunningTunnel::bytesToClient);
	}

	private void bytes(MeterRegistry registry, String tunnel, String direction, ToDoubleFunction<RunningTunnel> bytes) {
		FunctionCounter.builder("mtls.tunnel.bytes", this.tunnels, value(tunnel, bytes))
			.description("Bytes of plain text that were passed on")
			.baseUnit(BaseUnits.BYTES)
			.tags(TUNNEL, tunnel, "direction", direction)
			.register(registry);
	}

	private static ToDoubleFunction<TunnelLifecycle> value(String tunnel, ToDoubleFunction<RunningTunnel> value) {
		return (tunnels) -> {
			RunningTunnel running = tunnels.find(tunnel);
			return (running != null) ? value.applyAsDouble(running) : 0;
		};
	}

	private static Timer sessions(MeterRegistry registry, String tunnel, SessionEnd end) {
		return Timer.builder("mtls.tunnel.sessions")
			.description("Sessions that have ended, and how long they took")
			.tags(TUNNEL, tunnel, "end", end.code())
			.register(registry);
	}

}
