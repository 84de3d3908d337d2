package dev.mtls.boot.event;

import java.net.InetAddress;
import java.time.Instant;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.address.AddressText;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;

/**
 * Writes one line for each {@link MtlsEvent}: refusals and what is broken as warnings,
 * reloads as information, admissions for debugging. A flood of refusals is summarized.
 */
public final class EventLogger implements ImmediateEventListener {

	private static final Log logger = LogFactory.getLog("dev.mtls");

	static final int LINES = 10;

	private final RefusalFlood flood = new RefusalFlood(LINES);

	/**
	 * Write the summaries of floods of refusals that are due.
	 * @param now the time
	 */
	public void summarize(Instant now) {
		this.flood.counted(now)
			.forEach((counted) -> logger.warn("Refused %d more within %d seconds: %s (%d)".formatted(counted.count(),
					counted.within().toSeconds(), counted.reason().code(), counted.reason().number())));
	}

	@Override
	public void onEvent(MtlsEvent event) {
		if (event instanceof MtlsEvent.PeerAdmitted admitted) {
			if (logger.isDebugEnabled()) {
				logger.debug("[%s] Admitted %s%s by %s".formatted(admitted.gate(), name(admitted.identity()),
						from(admitted.address()), admitted.rule()));
			}
		}
		else if (event instanceof MtlsEvent.PeerRefused refused) {
			if (this.flood.isWorthALine(refused.reason(), refused.time())) {
				logger.warn("[%s] Refused %s%s: %s (%d): %s%s".formatted(refused.gate(), name(refused.identity()),
						from(refused.address()), refused.reason().code(), refused.reason().number(), refused.detail(),
						help(refused.reason())));
			}
		}
		else if (event instanceof MtlsEvent.RefusalReported reported) {
			logger.warn("[%s] Would refuse %s%s, but only reports: %s (%d): %s%s".formatted(reported.gate(),
					name(reported.identity()), from(reported.address()), reported.reason().code(),
					reported.reason().number(), reported.detail(), help(reported.reason())));
		}
		else if (event instanceof MtlsEvent.ConnectionCut cut) {
			logger.warn("[%s] Cut %s%s: %s (%d): %s%s".formatted(cut.gate(), name(cut.identity()), from(cut.address()),
					cut.reason().code(), cut.reason().number(), cut.detail(), help(cut.reason())));
		}
		else if (event instanceof MtlsEvent.KillSwitchChanged changed) {
			logger.warn("[%s] The kill switch is %s".formatted(changed.gate(),
					changed.engaged() ? "engaged: every peer is refused" : "released"));
		}
		else if (event instanceof MtlsEvent.Reloaded reloaded) {
			logger.info("[%s] Reloaded, generation %d begins".formatted(reloaded.gate(), reloaded.generation()));
		}
		else if (event instanceof MtlsEvent.ReloadKept kept) {
			logger.warn("[%s] Kept what was loaded before: %s (%d): %s".formatted(kept.gate(), kept.reason().code(),
					kept.reason().number(), kept.message()));
		}
		else if (event instanceof MtlsEvent.OcspAsked asked) {
			if (logger.isDebugEnabled()) {
				logger.debug("[%s] OCSP responder %s %s after %d ms".formatted(asked.gate(), asked.responder(),
						(asked.problem() == null) ? "answered" : "failed: " + asked.problem(),
						asked.took().toMillis()));
			}
		}
		else if (event instanceof MtlsEvent.Warned warned) {
			logger.warn("[%s] %s".formatted(warned.gate(), warned.message()));
		}
	}

	private static String name(@Nullable PeerIdentity identity) {
		return (identity != null) ? identity.displayName() : "a peer";
	}

	private static String help(Reason reason) {
		return " (see %s)".formatted(reason.help());
	}

	private static String from(@Nullable InetAddress address) {
		return (address != null) ? " at " + AddressText.of(address) : "";
	}

}
