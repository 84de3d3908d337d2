package dev.mtls.gate;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;

/**
 * A connection whose peer was admitted, for as long as it stands, or a request of a
 * client for which a proxy speaks. It is asked at every request or message whether that
 * still holds, and walked by its {@link Gate} when something changed.
 */
public final class LiveConnection {

	private final Gate gate;

	private final @Nullable InetAddress address;

	private final @Nullable TlsSession tls;

	private final Consumer<Decision.Deny> closer;

	private final Supplier<Verdict<Admission>> admitter;

	private final @Nullable LiveConnection carrier;

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile Admission admission;

	private volatile Decision.@Nullable Deny denial;

	LiveConnection(Gate gate, @Nullable InetAddress address, @Nullable TlsSession tls, Admission admission,
			Supplier<Verdict<Admission>> admitter, Consumer<Decision.Deny> closer) {
		this(gate, address, tls, admission, admitter, closer, null);
	}

	LiveConnection(Gate gate, @Nullable InetAddress address, Admission admission, Supplier<Verdict<Admission>> admitter,
			@Nullable LiveConnection carrier) {
		this(gate, address, null, admission, admitter, (denial) -> {
			if (carrier != null) {
				carrier.closer.accept(denial);
			}
		}, carrier);
	}

	private LiveConnection(Gate gate, @Nullable InetAddress address, @Nullable TlsSession tls, Admission admission,
			Supplier<Verdict<Admission>> admitter, Consumer<Decision.Deny> closer, @Nullable LiveConnection carrier) {
		this.gate = gate;
		this.address = address;
		this.tls = tls;
		this.admission = admission;
		this.admitter = admitter;
		this.closer = closer;
		this.carrier = carrier;
	}

	/**
	 * Whether the peer is still admitted. If anything changed since it was, it is
	 * admitted again; if it no longer is, the connection is cut before this returns.
	 * @return {@code false} if nothing may be served to the peer any more
	 */
	public boolean isAdmitted() {
		return this.gate.isCurrent(this.admission) ? !this.ended.get() : readmit();
	}

	/**
	 * The admission that holds.
	 * @return the admission
	 */
	public Admission admission() {
		return this.admission;
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} if it presented no certificate and needs none
	 */
	public @Nullable PeerIdentity identity() {
		return this.admission.identity();
	}

	/**
	 * The peer's address.
	 * @return the address, or {@code null} where the stack does not tell
	 */
	public @Nullable InetAddress address() {
		return this.address;
	}

	/**
	 * The TLS session of the connection.
	 * @return the session, or {@code null} where the stack does not tell
	 */
	public @Nullable TlsSession tls() {
		return this.tls;
	}

	/**
	 * To be called when the connection has ended for whatever reason. More than once does
	 * no harm.
	 */
	public void closed() {
		this.ended.set(true);
		this.gate.forget(this);
	}

	/**
	 * Why the connection was cut.
	 * @return the denial, or {@code null} if it was not
	 */
	public Decision.@Nullable Deny denial() {
		return this.denial;
	}

	/**
	 * Whether the connection over which a proxy sent this, if it is a request, stands.
	 * @return {@code false} if it is known to have ended
	 */
	boolean isCarried() {
		return this.carrier == null || !this.carrier.ended.get();
	}

	private boolean readmit() {
		Verdict<Admission> verdict = this.admitter.get();
		if (verdict instanceof Verdict.Refused<Admission> refused) {
			cut(refused.denial());
			return false;
		}
		Admission next = ((Verdict.Accepted<Admission>) verdict).value();
		Decision.Deny deferred = next.deferred();
		if (deferred != null && this.admission.deferred() == null) {
			// What was begun as an allowed peer must not go on, a WebSocket above all
			cut(deferred);
			return false;
		}
		this.admission = next;
		return !this.ended.get();
	}

	private void cut(Decision.Deny denial) {
		if (this.ended.compareAndSet(false, true)) {
			this.denial = denial;
			this.gate.tellCut(this, denial);
			try {
				this.closer.accept(denial);
			}
			finally {
				this.gate.forget(this);
			}
		}
	}

}
