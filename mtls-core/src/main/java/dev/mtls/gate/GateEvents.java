package dev.mtls.gate;

import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;

/**
 * Tells what happens at one gate.
 */
final class GateEvents {

	private final String gate;

	private final InstantSource clock;

	private final Consumer<MtlsEvent> listener;

	GateEvents(String gate, InstantSource clock, Consumer<MtlsEvent> listener) {
		this.gate = gate;
		this.clock = clock;
		this.listener = listener;
	}

	void admitted(@Nullable InetAddress address, Admission admission, @Nullable TlsSession tls) {
		Decision.Deny deferred = admission.deferred();
		if (deferred != null && !admission.isProxy()) {
			refused(address, admission.identity(), tls, deferred);
			return;
		}
		Decision.Deny reported = admission.reported();
		if (reported != null) {
			reported(address, admission.identity(), tls, reported);
			return;
		}
		tell(new MtlsEvent.PeerAdmitted(now(), this.gate, address, admission.identity(), tls, admission.rule()));
	}

	void reported(@Nullable InetAddress address, @Nullable PeerIdentity identity, @Nullable TlsSession tls,
			Decision.Deny denial) {
		tell(new MtlsEvent.RefusalReported(now(), this.gate, address, identity, tls, denial.reason(), denial.detail()));
	}

	void refused(@Nullable InetAddress address, @Nullable PeerIdentity identity, Decision.Deny denial) {
		refused(address, identity, null, denial);
	}

	void refused(@Nullable InetAddress address, @Nullable PeerIdentity identity, @Nullable TlsSession tls,
			Decision.Deny denial) {
		tell(new MtlsEvent.PeerRefused(now(), this.gate, address, identity, tls, denial.reason(), denial.detail()));
	}

	void cut(LiveConnection connection, Decision.Deny denial) {
		tell(new MtlsEvent.ConnectionCut(now(), this.gate, connection.address(), connection.identity(),
				connection.tls(), denial.reason(), denial.detail()));
	}

	void ocspAsked(OcspResponderStatus status) {
		tell(new MtlsEvent.OcspAsked(status.asked(), this.gate, status.responder(), status.took(), status.problem()));
	}

	void reloaded(GateState state) {
		warnings(state.snapshot());
		tell(new MtlsEvent.Reloaded(now(), this.gate, state.generation()));
	}

	void kept(MtlsException failure) {
		tell(new MtlsEvent.ReloadKept(now(), this.gate, failure.reason(), String.valueOf(failure.getMessage())));
	}

	void killSwitch(boolean engaged) {
		tell(new MtlsEvent.KillSwitchChanged(now(), this.gate, engaged));
	}

	void warnings(Snapshot snapshot) {
		for (String warning : snapshot.warnings()) {
			warned(warning);
		}
	}

	void warned(String message) {
		tell(new MtlsEvent.Warned(now(), this.gate, message));
	}

	private void tell(MtlsEvent event) {
		try {
			this.listener.accept(event);
		}
		catch (RuntimeException ex) {
			// What was decided does not change because telling it failed
			Thread thread = Thread.currentThread();
			thread.getUncaughtExceptionHandler().uncaughtException(thread, ex);
		}
	}

	private Instant now() {
		return this.clock.instant();
	}

}
