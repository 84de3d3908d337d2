package dev.mtls.boot.actuate;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import dev.mtls.boot.event.ImmediateEventListener;
import dev.mtls.event.MtlsEvent;

/**
 * Counts what happened at each gate since the start.
 */
public final class EventCounts implements ImmediateEventListener {

	private final Map<String, Map<String, LongAdder>> counts = new ConcurrentHashMap<>();

	@Override
	public void onEvent(MtlsEvent event) {
		this.counts.computeIfAbsent(event.gate(), (gate) -> new ConcurrentHashMap<>())
			.computeIfAbsent(nameOf(event), (name) -> new LongAdder())
			.increment();
	}

	/**
	 * What was counted at a gate.
	 * @param gate the name of the gate
	 * @return how often each happened, refusals by their reason, those that never did
	 * left out
	 */
	public Map<String, Long> of(String gate) {
		Map<String, Long> result = new TreeMap<>();
		this.counts.getOrDefault(gate, Map.of()).forEach((name, count) -> result.put(name, count.sum()));
		return result;
	}

	private static String nameOf(MtlsEvent event) {
		if (event instanceof MtlsEvent.PeerAdmitted) {
			return "admitted";
		}
		if (event instanceof MtlsEvent.PeerRefused refused) {
			return "refused." + refused.reason().code();
		}
		if (event instanceof MtlsEvent.RefusalReported reported) {
			return "reported." + reported.reason().code();
		}
		if (event instanceof MtlsEvent.ConnectionCut cut) {
			return "cut." + cut.reason().code();
		}
		if (event instanceof MtlsEvent.Reloaded) {
			return "reloads.applied";
		}
		if (event instanceof MtlsEvent.ReloadKept) {
			return "reloads.kept";
		}
		if (event instanceof MtlsEvent.OcspAsked asked) {
			return (asked.problem() == null) ? "ocsp.answered" : "ocsp.failed";
		}
		return (event instanceof MtlsEvent.KillSwitchChanged) ? "killSwitch.changes" : "warnings";
	}

}
