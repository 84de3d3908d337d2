package dev.mtls.boot.metrics;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.boot.gate.GateRegistry;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;
import dev.mtls.revocation.Crl;

/**
 * {@link MeterBinder} for what happens at the gates. No tag holds anything that a peer
 * chose: gates, reasons and outcomes are few and known. How long certificates are valid
 * is not repeated, because Spring Boot's {@code ssl.chain.expiry} tells.
 */
public final class MtlsMetrics implements MeterBinder, ImmediateEventListener {

	private static final String GATE = "gate";

	private static final String REASON = "reason";

	private static final String OUTCOME = "outcome";

	private static final Set<Reason> LIMITS = Set.of(Reason.CONNECTION_LIMIT, Reason.HANDSHAKE_RATE,
			Reason.REQUEST_RATE);

	private static final int MAX_IDENTITIES = 10_000;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final GateRegistry gates;

	private final KillSwitch killSwitch;

	private final InstantSource clock;

	/**
	 * Create the metrics.
	 * @param gates the gates
	 * @param killSwitch the kill switch
	 * @param clock the clock
	 */
	public MtlsMetrics(GateRegistry gates, KillSwitch killSwitch, InstantSource clock) {
		this.gates = gates;
		this.killSwitch = killSwitch;
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		Gauge.builder("mtls.kill.switch", this.killSwitch, (killSwitch) -> killSwitch.isEngaged() ? 1 : 0)
			.description("Whether every peer is refused")
			.register(registry);
		this.gates.forEach((gate) -> bind(registry, gate));
	}

	/**
	 * Count the events that were dropped because a listener was too slow.
	 * @param registry the registry
	 * @param teller what tells
	 * @param dropped tells how many there were
	 * @param <T> the type of what tells
	 */
	public static <T> void bindDropped(MeterRegistry registry, T teller, ToDoubleFunction<T> dropped) {
		FunctionCounter.builder("mtls.events.dropped", teller, dropped)
			.description("Events that a listener was not told of because it was too slow")
			.baseUnit(BaseUnits.EVENTS)
			.register(registry);
	}

	@Override
	public void onEvent(MtlsEvent event) {
		for (MeterRegistry registry : this.registries) {
			record(registry, event);
		}
	}

	private void record(MeterRegistry registry, MtlsEvent event) {
		Tags gate = Tags.of(GATE, event.gate());
		if (event instanceof MtlsEvent.PeerAdmitted admitted) {
			count(registry, "mtls.connections.accepted", "Connections whose peer got in", gate);
			admission(registry, gate, "admitted", "enforce");
			handshake(registry, gate, admitted.tls());
		}
		else if (event instanceof MtlsEvent.PeerRefused refused) {
			count(registry, "mtls.connections.refused", "Peers that did not get in", reason(gate, refused.reason()));
			admission(registry, gate, "refused", "enforce");
			handshake(registry, gate, refused.tls());
			if (refused.reason() == Reason.HANDSHAKE_RATE || refused.reason() == Reason.REQUEST_RATE) {
				count(registry, "mtls.rate.limit.rejections", "Handshakes and requests above a rate",
						reason(gate, refused.reason()));
			}
		}
		else if (event instanceof MtlsEvent.RefusalReported reported) {
			admission(registry, gate, "refused", "report-only");
			// Beside a limit that is only reported the peer is told as admitted
			if (!LIMITS.contains(reported.reason())) {
				count(registry, "mtls.connections.accepted", "Connections whose peer got in", gate);
				handshake(registry, gate, reported.tls());
			}
		}
		else if (event instanceof MtlsEvent.ConnectionCut cut) {
			count(registry, "mtls.connections.cut", "Connections that were cut", reason(gate, cut.reason()));
		}
		else if (event instanceof MtlsEvent.Reloaded) {
			reload(registry, gate, "applied");
		}
		else if (event instanceof MtlsEvent.ReloadKept) {
			reload(registry, gate, "kept");
		}
		else if (event instanceof MtlsEvent.OcspAsked asked) {
			Timer.builder("mtls.ocsp")
				.description("Requests to OCSP responders about peers")
				.tags(gate.and(OUTCOME, (asked.problem() == null) ? "answered" : "failed"))
				.register(registry)
				.record(asked.took());
		}
	}

	private void bind(MeterRegistry registry, Gate gate) {
		Tags tags = Tags.of(GATE, gate.settings().name());
		Gauge.builder("mtls.connections.active", gate, (any) -> any.connections().size())
			.description("Connections whose peer got in")
			.baseUnit(BaseUnits.CONNECTIONS)
			.tags(tags)
			.register(registry);
		Gauge.builder("mtls.identities.active", gate, MtlsMetrics::identities)
			.description("Different peers that are connected, no more than %d counted".formatted(MAX_IDENTITIES))
			.tags(tags)
			.register(registry);
		Gauge.builder("mtls.generation", gate, Gate::generation)
			.description("The number of the current generation of material and rules")
			.tags(tags)
			.register(registry);
		Gauge.builder("mtls.reload.failed", gate, (any) -> (any.reloadStatus().failure() != null) ? 1 : 0)
			.description("Whether what is there cannot be loaded")
			.tags(tags)
			.register(registry);
		if (gate.settings().revocation().isOn()) {
			bindCrls(registry, gate, tags);
		}
	}

	private void bindCrls(MeterRegistry registry, Gate gate, Tags tags) {
		Gauge.builder("mtls.crl.entries", gate, MtlsMetrics::entries)
			.description("Certificates that the held CRLs list")
			.tags(tags)
			.register(registry);
		TimeGauge.builder("mtls.crl.age", gate, TimeUnit.SECONDS, this::crlAge)
			.description("Age of the oldest CRL that is held")
			.tags(tags)
			.register(registry);
		TimeGauge.builder("mtls.crl.remaining", gate, TimeUnit.SECONDS, this::crlRemaining)
			.description("Time until the first of the held CRLs is stale, negative since then")
			.tags(tags)
			.register(registry);
	}

	private double crlAge(Gate gate) {
		Instant now = this.clock.instant();
		return gate.revocation()
			.crls()
			.crls()
			.stream()
			.mapToDouble((crl) -> Duration.between(crl.thisUpdate(), now).toSeconds())
			.max()
			.orElse(Double.NaN);
	}

	private double crlRemaining(Gate gate) {
		Instant now = this.clock.instant();
		Duration maxAge = gate.settings().revocation().maxAge();
		return gate.revocation()
			.crls()
			.crls()
			.stream()
			.map((crl) -> endOf(crl, maxAge))
			.filter(Objects::nonNull)
			.mapToDouble((end) -> Duration.between(now, end).toSeconds())
			.min()
			.orElse(Double.NaN);
	}

	private static @Nullable Instant endOf(Crl crl, @Nullable Duration maxAge) {
		Instant aged = (maxAge != null) ? crl.thisUpdate().plus(maxAge) : null;
		Instant next = crl.nextUpdate();
		return (aged == null || (next != null && next.isBefore(aged))) ? next : aged;
	}

	private static double entries(Gate gate) {
		return gate.revocation().crls().crls().stream().mapToInt(Crl::size).sum();
	}

	private static double identities(Gate gate) {
		return gate.connections()
			.stream()
			.map((connection) -> connection.identity())
			.filter(Objects::nonNull)
			.map((identity) -> identity.displayName())
			.distinct()
			.limit(MAX_IDENTITIES)
			.count();
	}

	private static void admission(MeterRegistry registry, Tags gate, String verdict, String mode) {
		count(registry, "mtls.admissions", "Decisions on peers", gate.and("verdict", verdict, "mode", mode));
	}

	private static void reload(MeterRegistry registry, Tags gate, String outcome) {
		count(registry, "mtls.reloads", "Changes of material, trust and rules", gate.and(OUTCOME, outcome));
	}

	private static void handshake(MeterRegistry registry, Tags gate, @Nullable TlsSession tls) {
		Duration took = (tls != null) ? tls.handshakeTime() : null;
		if (tls == null || took == null) {
			return;
		}
		String resumed = (tls.resumed() != null) ? tls.resumed().toString() : "unknown";
		Timer.builder("mtls.handshake")
			.description("Time from the connection to the end of its handshake")
			.tags(gate.and("protocol", tls.protocol(), "resumed", resumed))
			.register(registry)
			.record(took);
	}

	private static Tags reason(Tags gate, Reason reason) {
		return gate.and(REASON, reason.code());
	}

	private static void count(MeterRegistry registry, String name, String description, Tags tags) {
		Counter.builder(name).description(description).tags(tags).register(registry).increment();
	}

}
