package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tls.SslContexts;
import dev.mtls.trust.VerifiedPeer;

/**
 * The front door of a server or client. It owns the current {@link Snapshot}, decides on
 * addresses and peers, and tells what it decided. Safe for use by any number of threads.
 * <p>
 * A handshake alone decides nothing: a resumed session presents no chain to a trust
 * manager, so every connection's peer is admitted here after its handshake.
 */
public final class Gate {

	private final GateSettings settings;

	private final SnapshotReloader reloader;

	private final InstantSource clock;

	private final Consumer<MtlsEvent> events;

	private final HandshakeDenials handshakeDenials = new HandshakeDenials();

	private volatile GateState state;

	private Gate(GateSettings settings, SnapshotSource source, InstantSource clock, Consumer<MtlsEvent> events) {
		this.settings = settings;
		this.clock = clock;
		this.events = events;
		this.reloader = new SnapshotReloader(source);
		Snapshot first = this.reloader.first(clock.instant());
		this.state = GateState.first(settings, first, this::rememberDenial, clock);
		tellWarnings(first);
	}

	/**
	 * Open a gate with the first snapshot of a source.
	 * @param settings what does not change
	 * @param source where snapshots come from
	 * @param clock the clock
	 * @param events is told what happens, on the thread on which it happens: it must not
	 * block
	 * @return the gate
	 * @throws MtlsException if the first snapshot cannot be read or used
	 */
	public static Gate open(GateSettings settings, SnapshotSource source, InstantSource clock,
			Consumer<MtlsEvent> events) {
		return new Gate(settings, source, clock, events);
	}

	/**
	 * What does not change while this gate lives.
	 * @return the settings
	 */
	public GateSettings settings() {
		return this.settings;
	}

	/**
	 * The current snapshot.
	 * @return the snapshot
	 */
	public Snapshot snapshot() {
		return this.state.snapshot();
	}

	/**
	 * The number of the current generation. It rises with every change of material, trust
	 * or rules; an {@link Admission} of another generation has to be renewed.
	 * @return the generation, 1 for the first
	 */
	public long generation() {
		return this.state.generation();
	}

	/**
	 * The current context for a stack that asks {@link #admitPeer} after each handshake.
	 * Its trust manager verifies the path only, so that the reason for a refusal is not
	 * lost in a TLS alert. It is another one after each change: ask for it whenever a
	 * connection begins.
	 * @return the context
	 */
	public SSLContext sslContext() {
		return this.state.sslContext();
	}

	/**
	 * The current context for a stack that has no hook after the handshake. Its trust
	 * manager verifies the path and asks the identity rules.
	 * @return the context
	 */
	public SSLContext standaloneSslContext() {
		return this.state.standaloneSslContext();
	}

	/**
	 * A key manager for a stack that takes managers and no context. It follows every
	 * change.
	 * @return the key manager
	 */
	public X509ExtendedKeyManager keyManager() {
		return SslContexts.keyManager(() -> this.state.snapshot().key());
	}

	/**
	 * A trust manager for a stack that takes managers and no context: the one of
	 * {@link #standaloneSslContext()}. It follows every change, but is not asked when a
	 * session is resumed.
	 * @return the trust manager
	 */
	public X509ExtendedTrustManager trustManager() {
		return SslContexts.trustManager((presented) -> this.state.verifyPathAndRules(presented),
				() -> this.state.snapshot().trust().anchors());
	}

	/**
	 * Decide whether a connection from (or, at a client, to) an address may begin. To be
	 * asked before a TLS byte is read or written.
	 * @param address the peer's address
	 * @return the decision
	 */
	public Decision admitAddress(InetAddress address) {
		Decision decision = this.state.snapshot().policy().admitAddress(address);
		if (decision instanceof Decision.Deny denial) {
			tellRefused(address, null, denial);
		}
		return decision;
	}

	/**
	 * Decide whether the peer of a connection gets in. To be asked after every handshake,
	 * resumed or not, and again whenever {@link #isCurrent(Admission)} is {@code false}.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @return the admission, or the denial
	 */
	public Verdict<Admission> admitPeer(List<X509Certificate> chain, @Nullable InetAddress address) {
		GateState state = this.state;
		Verdict<Admission> verdict = admitAddressAgain(state, address)
			.then((allowed) -> state.admit(chain, this.clock.instant()));
		if (verdict instanceof Verdict.Accepted<Admission> accepted) {
			Admission admission = accepted.value();
			this.events.accept(new MtlsEvent.PeerAdmitted(this.clock.instant(), this.settings.name(), address,
					admission.identity(), admission.rule()));
		}
		else if (verdict instanceof Verdict.Refused<Admission> refused) {
			tellRefused(address, identityOf(state, chain), refused.denial());
		}
		return verdict;
	}

	/**
	 * Whether an admission still holds: its generation is the current one and its time
	 * has not run out.
	 * @param admission the admission
	 * @return {@code false} if the peer has to be admitted again
	 */
	public boolean isCurrent(Admission admission) {
		return admission.generation() == this.state.generation()
				&& this.clock.instant().isBefore(admission.validUntil());
	}

	/**
	 * Tell that a handshake failed, so that the reason is not lost.
	 * @param connection the {@link javax.net.ssl.SSLEngine} or socket of the handshake,
	 * or {@code null} if there was none yet
	 * @param address the peer's address
	 * @param failure what the TLS stack threw, or {@code null} if the peer went away
	 */
	public void handshakeFailed(@Nullable Object connection, @Nullable InetAddress address,
			@Nullable Throwable failure) {
		Decision.Deny denial = this.handshakeDenials.take(connection);
		tellRefused(address, null, (denial != null) ? denial : HandshakeFailure.denialFor(failure));
	}

	/**
	 * Look whether anything changed and, if so, replace the snapshot. What is broken is
	 * told as an event, and the current snapshot stays.
	 * @return whether the snapshot was replaced
	 */
	public synchronized boolean reload() {
		Instant now = this.clock.instant();
		try {
			Snapshot next = this.reloader.next(now);
			if (next == null) {
				return false;
			}
			this.state = this.state.next(next);
			tellWarnings(next);
			this.events.accept(new MtlsEvent.Reloaded(now, this.settings.name(), this.state.generation()));
			return true;
		}
		catch (MtlsException ex) {
			if (this.reloader.isNews(ex)) {
				this.events.accept(new MtlsEvent.ReloadKept(now, this.settings.name(), ex.reason(),
						String.valueOf(ex.getMessage())));
			}
			return false;
		}
	}

	private Verdict<Decision> admitAddressAgain(GateState state, @Nullable InetAddress address) {
		if (address != null && state.snapshot().policy().admitAddress(address) instanceof Decision.Deny denial) {
			return new Verdict.Refused<>(denial);
		}
		return Verdict.accepted(new Decision.Allow("address"));
	}

	private @Nullable PeerIdentity identityOf(GateState state, List<X509Certificate> chain) {
		return (state.verify(chain, this.clock.instant()) instanceof Verdict.Accepted<VerifiedPeer> accepted)
				? accepted.value().identity() : null;
	}

	private void rememberDenial(@Nullable Object connection, Decision.Deny denial) {
		this.handshakeDenials.put(connection, denial);
	}

	private void tellRefused(@Nullable InetAddress address, @Nullable PeerIdentity identity, Decision.Deny denial) {
		this.events.accept(new MtlsEvent.PeerRefused(this.clock.instant(), this.settings.name(), address, identity,
				denial.reason(), denial.detail()));
	}

	private void tellWarnings(Snapshot snapshot) {
		for (String warning : snapshot.warnings()) {
			this.events.accept(new MtlsEvent.Warned(this.clock.instant(), this.settings.name(), warning));
		}
	}

}
