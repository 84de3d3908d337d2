package dev.mtls.gate;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.MtlsEvent;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.revocation.Revocation;
import dev.mtls.tls.PresentedChain;
import dev.mtls.tls.SslContexts;
import dev.mtls.trust.VerifiedPath;

/**
 * The front door of a server or client. It owns the current {@link Snapshot}, decides on
 * addresses and peers, knows the connections that stand, and tells what it decided. Safe
 * for use by any number of threads.
 * <p>
 * A handshake alone decides nothing: a resumed session presents no chain to a trust
 * manager, so every connection's peer is admitted here after its handshake.
 */
public final class Gate {

	private static final Decision ANYBODY = new Decision.Allow("no kill switch");

	private final GateSettings settings;

	private final KillSwitch killSwitch;

	private final InstantSource clock;

	private final GateEvents events;

	private final Executor executor;

	private final Handshakes handshakes;

	private final Connections connections;

	private final ForwardedClients forwarded;

	private final Revocation revocation;

	private final RevocationUpdates revocationUpdates;

	private final OcspResponderStatuses ocspResponders = new OcspResponderStatuses();

	private final @Nullable OcspStapling ocspStapling;

	private final Generations generations;

	Gate(GateBuilder builder) {
		this.settings = builder.settings;
		this.killSwitch = builder.killSwitch;
		this.clock = builder.clock;
		this.events = new GateEvents(this.settings.name(), builder.clock, builder.events);
		this.executor = builder.executor;
		this.handshakes = new Handshakes(this, this.events, builder.trace);
		this.connections = new Connections(this.settings.limits());
		this.forwarded = new ForwardedClients(this, this.events);
		this.revocation = new Revocation(this.settings.revocation());
		this.revocationUpdates = new RevocationUpdates(this.revocation, builder.revocationExecutor, builder.clock,
				() -> snapshot().trust().anchors(), this::revocationChanged, this::tellRevocationProblem,
				this::ocspAsked);
		this.ocspStapling = this.settings.ocspStapling() ? new OcspStapling(this.settings.revocation(),
				builder.revocationExecutor, builder.clock, this::snapshot, this.events::warned) : null;
		this.generations = new Generations(builder, this::takeCrls,
				(snapshot, rules) -> GateState.first(this.settings, this.handshakes::verify,
						this.handshakes::verifyStandalone, snapshot, rules, this.revocation, this.events::warned));
		this.events.warnings(state().snapshot());
		if (this.settings.proxies().byAddress()) {
			this.events.warned(
					"proxies are known by their address alone: whoever connects from %s without a certificate can speak for any client"
						.formatted(this.settings.proxies().networks()));
		}
		this.killSwitch.onChange(this::killSwitchChanged);
	}

	/**
	 * Open a gate with the first snapshot of a source, and nothing else that changes.
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
		return builder(settings, source).clock(clock).events(events).open();
	}

	/**
	 * Begin to build a gate.
	 * @param settings what does not change
	 * @param source where snapshots come from
	 * @return a builder
	 */
	public static GateBuilder builder(GateSettings settings, SnapshotSource source) {
		return new GateBuilder(settings, source);
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
		return state().snapshot();
	}

	/**
	 * The rules in force: those of the snapshot unless something replaces them.
	 * @return the rules
	 */
	public Rules rules() {
		return state().rules();
	}

	/**
	 * The number of the current generation. It rises with every change of material,
	 * trust, rules or kill switch; an {@link Admission} of another generation has to be
	 * renewed.
	 * @return the generation, 1 for the first
	 */
	public long generation() {
		return state().generation();
	}

	/**
	 * The current context for a stack that asks {@link #admitPeer} or {@link #connect}
	 * after each handshake, and calls {@link #handshakeFailed} when there is none. Its
	 * trust manager verifies the path and, where it is checked, the host name, but not
	 * the rules, so that the reason for a refusal is not lost in a TLS alert. It is
	 * another one after each change: ask for it whenever a connection begins.
	 * @return the context
	 */
	public SSLContext sslContext() {
		return state().sslContext();
	}

	/**
	 * The current context for a stack that has no hook after the handshake. Its trust
	 * manager verifies the path and, where it is checked, the host name, asks the rules,
	 * and tells what it refuses. It is another one after each change.
	 * @return the context
	 */
	public SSLContext standaloneSslContext() {
		return state().standaloneSslContext();
	}

	/**
	 * A key manager for a stack that takes managers and no context. It follows every
	 * change.
	 * @return the key manager
	 */
	public X509ExtendedKeyManager keyManager() {
		return SslContexts.keyManager(() -> state().snapshot().key());
	}

	/**
	 * A trust manager for a stack that takes managers and no context: the one of
	 * {@link #standaloneSslContext()}. It follows every change, but is not asked when a
	 * session is resumed.
	 * @return the trust manager
	 */
	public X509ExtendedTrustManager trustManager() {
		return SslContexts.trustManager(this.handshakes::verifyStandalone, () -> state().snapshot().trust().anchors());
	}

	/**
	 * A trust manager for a stack that takes managers and no context, and asks
	 * {@link #connect} after each handshake: the one of {@link #sslContext()}. It follows
	 * every change, but is not asked when a session is resumed.
	 * @return the trust manager
	 */
	public X509ExtendedTrustManager pathTrustManager() {
		return SslContexts.trustManager(this.handshakes::verify, () -> state().snapshot().trust().anchors());
	}

	/**
	 * Decide whether any connection may begin, which none may while the kill switch is
	 * engaged. For a stack that does not know an address before it connects; it is not
	 * told as a refusal.
	 * @return the decision
	 */
	public Decision admitAnybody() {
		return this.killSwitch.isEngaged() ? killed() : ANYBODY;
	}

	/**
	 * Decide whether a connection from (or, at a client, to) an address may begin. To be
	 * asked before a TLS byte is read or written.
	 * @param address the peer's address
	 * @return the decision
	 */
	public Decision admitAddress(InetAddress address) {
		if (this.killSwitch.isEngaged()) {
			return refused(address, killed());
		}
		Decision decision = state().admitAddress(address);
		if (decision instanceof Decision.Deny denial && !this.settings.reportOnly()) {
			return refused(address, denial);
		}
		Decision.Deny limit = this.connections.denialFor(address, this.clock.millis());
		if (limit != null && refuse(address, null, limit)) {
			return limit;
		}
		// In report-only mode a network is told once, when the peer is admitted and its
		// name is known
		return (decision instanceof Decision.Deny) ? new Decision.Allow("report-only") : decision;
	}

	/**
	 * Watch a connection that was accepted until its handshake is complete, and close it
	 * when that takes longer than the handshake timeout.
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param closer closes the connection at once; must not block
	 * @return the handshake, whose end has to be told to it
	 */
	public PendingHandshake handshake(@Nullable InetAddress address, Runnable closer) {
		PendingHandshake handshake = new PendingHandshake(this, address, now(), closer);
		Decision.Deny denial = this.connections.add(handshake);
		if (denial != null && refuse(address, null, denial) && handshake.ended()) {
			closer.run();
		}
		return handshake;
	}

	/**
	 * Ask for what is not known about the revocation of a peer's certificates. To be
	 * called after a handshake and before the peer is admitted, because an admission
	 * itself never waits: by a stack whose threads may wait, and by another that reads
	 * nothing until the answer is there.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @return completes, never with a failure, when there is nothing to wait for; that is
	 * within the timeout of an OCSP answer, or 5 seconds where a CRL is read
	 */
	public CompletableFuture<Void> askRevocation(List<X509Certificate> chain) {
		if (this.settings.revocation().isOn()
				&& state().verifyPath(chain, now()) instanceof Verdict.Accepted<VerifiedPath> accepted) {
			return this.revocationUpdates.ask(accepted.value().withAnchor());
		}
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * What is known about revocation.
	 * @return the CRLs and answers that are held
	 */
	public Revocation revocation() {
		return this.revocation;
	}

	/**
	 * How the OCSP responders did that were asked about peers.
	 * @return the status of each, the one that was asked last at the end; no more than
	 * {@value OcspResponderStatuses#MAX_SIZE}
	 */
	public List<OcspResponderStatus> ocspResponders() {
		return this.ocspResponders.all();
	}

	/**
	 * The OCSP response to staple to the own certificate in a handshake that begins now
	 * (RFC 6066, section 8): the newest that was verified, be it good or revoked. The
	 * first call is what begins to get responses, at the next {@link #walk()}; none ever
	 * waits.
	 * @return the response in DER, or {@code null} if none counts at present or the
	 * settings do not want any
	 */
	public byte @Nullable [] ocspResponse() {
		return (this.ocspStapling != null) ? this.ocspStapling.response() : null;
	}

	/**
	 * Decide whether the peer of a connection gets in. To be asked after every handshake,
	 * resumed or not, by a stack that does not {@link #connect} its connections.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @return the admission, or the denial
	 */
	public Verdict<Admission> admitPeer(List<X509Certificate> chain, @Nullable InetAddress address) {
		return readmitOrTell(chain, address).then((admission) -> {
			this.events.admitted(address, admission, null);
			return Verdict.accepted(admission);
		});
	}

	/**
	 * Decide whether a request of a peer is served, where there is no hook at the
	 * connection or its denial is {@linkplain Admission#deferred() deferred}. To be asked
	 * at each request; unlike {@link #admitPeer} it tells refusals only.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address
	 * @return the denial, or {@code null} if the request is served
	 */
	public Decision.@Nullable Deny checkRequest(List<X509Certificate> chain, InetAddress address) {
		return denialOf(readmitOrTell(chain, address));
	}

	/**
	 * Decide who a request is from. To be asked at each request by what acts upon the
	 * identity or the authorities of the peer; unlike {@link #admitPeer} it tells
	 * refusals only, and an admission whose denial is {@linkplain Admission#deferred()
	 * deferred} is that denial.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address, or {@code null} where it was decided on already
	 * @return the admission, or the denial
	 */
	public Verdict<Admission> admitRequest(List<X509Certificate> chain, @Nullable InetAddress address) {
		return readmitOrTell(chain, address).then((admission) -> (admission.deferred() != null)
				? new Verdict.Refused<>(admission.deferred()) : Verdict.accepted(admission));
	}

	/**
	 * Decide as {@link #checkRequest(List, InetAddress)} does on a request that may need
	 * a certificate although its connection does not.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address
	 * @param certificateRequired whether the request needs a certificate
	 * @return the denial, or {@code null} if the request is served
	 */
	public Decision.@Nullable Deny checkRequest(List<X509Certificate> chain, InetAddress address,
			boolean certificateRequired) {
		Decision.Deny denial = checkRequest(chain, address);
		if (denial != null || !certificateRequired || !chain.isEmpty()) {
			return denial;
		}
		return certificateMissing(address);
	}

	/**
	 * The clients for which proxies speak.
	 * @return what decides about them
	 */
	public ForwardedClients forwarded() {
		return this.forwarded;
	}

	/**
	 * Decide whether the peer of a connection gets in, and watch the connection from then
	 * on: it is cut as soon as its peer is no longer admitted. To be called after every
	 * handshake, resumed or not.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param closer closes the connection at once, whatever it is doing, and is told why;
	 * must not block
	 * @return the connection, whose end has to be told to it, or the denial
	 */
	public Verdict<LiveConnection> connect(List<X509Certificate> chain, @Nullable InetAddress address,
			Consumer<Decision.Deny> closer) {
		return connect(chain, address, null, closer);
	}

	/**
	 * Decide as {@link #connect(List, InetAddress, Consumer)} does, and tell of the TLS
	 * session too.
	 * @param chain the chain of the connection's session, the peer's own certificate
	 * first; empty if it presented none
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param tls the session, or {@code null} where the stack does not tell
	 * @param closer closes the connection at once, whatever it is doing, and is told why;
	 * must not block
	 * @return the connection, whose end has to be told to it, or the denial
	 */
	public Verdict<LiveConnection> connect(List<X509Certificate> chain, @Nullable InetAddress address,
			@Nullable TlsSession tls, Consumer<Decision.Deny> closer) {
		this.handshakes.trace(chain, address, tls);
		return readmitOrTell(chain, address, tls).then((admission) -> {
			LiveConnection connection = new LiveConnection(this, address, tls, admission, () -> readmit(chain, address),
					closer);
			Decision.Deny limit = this.connections.add(connection);
			if (limit != null && refuse(address, connection.identity(), tls, limit)) {
				connection.closed();
				return new Verdict.Refused<>(limit);
			}
			this.events.admitted(address, admission, tls);
			// A change between the admission and its being known to walks was missed
			connection.isAdmitted();
			Decision.Deny denial = connection.denial();
			return (denial != null) ? new Verdict.Refused<>(denial) : Verdict.accepted(connection);
		});
	}

	/**
	 * Explain what this gate would say of a peer. Nobody is told, nothing is asked that
	 * is not known, and limits do not count.
	 * @param chain the chain that the peer presents, its own certificate first; empty if
	 * it presents none
	 * @param address the peer's address, or {@code null} to leave it out
	 * @return the decision, and what it rests on
	 */
	public Explanation explain(List<X509Certificate> chain, @Nullable InetAddress address) {
		List<Explanation.Step> steps = new ExplanationSteps(this.settings, state(), address, now()).of(chain,
				this.killSwitch.isEngaged());
		Verdict<Admission> verdict = readmit(chain, address);
		Decision.Deny denial = denialOf(verdict);
		return new Explanation(steps,
				(denial != null) ? denial : new Decision.Allow(((Verdict.Accepted<Admission>) verdict).value().rule()));
	}

	/**
	 * The connections that stand.
	 * @return a view that changes as they come and go
	 */
	public Collection<LiveConnection> connections() {
		return this.connections.live();
	}

	/**
	 * Whether an admission still holds: its generation is the current one and its time
	 * has not run out.
	 * @param admission the admission
	 * @return {@code false} if the peer has to be admitted again
	 */
	public boolean isCurrent(Admission admission) {
		return admission.isCurrent(state().generation(), this.clock.millis());
	}

	/**
	 * Tell that a handshake failed, so that the reason is not lost.
	 * @param connection the {@link javax.net.ssl.SSLEngine} or socket of the handshake,
	 * or {@code null} if there was none yet
	 * @param address the peer's address
	 * @param failure what the TLS stack threw, or {@code null} if the peer went away
	 * @return the reason that was told
	 */
	public Decision.Deny handshakeFailed(@Nullable Object connection, @Nullable InetAddress address,
			@Nullable Throwable failure) {
		Decision.Deny denial = this.handshakes.failed(connection, failure);
		this.events.refused(address, null, denial);
		return denial;
	}

	/**
	 * Tell a refusal by a limit, which report-only mode covers. For limits of which only
	 * the caller knows, such as one on requests.
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} where that is not known
	 * @param denial why
	 * @return {@code false} if this gate only reports, so that the peer is to be let in
	 */
	public boolean refuse(@Nullable InetAddress address, @Nullable PeerIdentity identity, Decision.Deny denial) {
		return refuse(address, identity, null, denial);
	}

	/**
	 * Tell that the application refused a request by a rule of its own, which report-only
	 * mode does not cover.
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} where that is not known
	 * @param denial why
	 */
	public void requestRefused(@Nullable InetAddress address, @Nullable PeerIdentity identity, Decision.Deny denial) {
		this.events.refused(address, identity, denial);
	}

	/**
	 * Look whether anything changed and, if so, begin a new generation. What is broken is
	 * told as an event, and what was there stays. A defect is told as well, and thrown
	 * on.
	 * @return whether anything was replaced
	 */
	public synchronized boolean reload() {
		try {
			boolean changed = this.generations.reload();
			if (changed) {
				reloaded();
			}
			return changed;
		}
		catch (MtlsException ex) {
			tellKept(ex);
			return false;
		}
		catch (RuntimeException ex) {
			tellKept(new MtlsException(Reason.INTERNAL, this.settings.name(),
					"looking for changes failed with %s".formatted(ex.getClass().getName()), "report this as a defect",
					ex));
			throw ex;
		}
	}

	/**
	 * How far what the gate decides with is what is there.
	 * @return the status as of the last look
	 */
	public ReloadStatus reloadStatus() {
		return this.generations.status();
	}

	/**
	 * Admit the peers of all connections again for which that is due, cut those whose
	 * peer is no longer admitted, and close those whose handshake takes too long. To be
	 * called at least each second, because admissions run out; a change walks by itself.
	 * It also begins to fetch what is due of CRLs and OCSP responses.
	 */
	public void walk() {
		this.connections.walk(this.clock.millis());
		this.forwarded.walk();
		if (this.settings.revocation().isOnline()) {
			this.revocationUpdates.refresh(livePaths());
		}
		if (this.ocspStapling != null) {
			this.ocspStapling.refresh();
		}
	}

	@Override
	public String toString() {
		return "Gate[%s, generation %d]".formatted(this.settings.name(), generation());
	}

	Verdict<Admission> readmit(List<X509Certificate> chain, @Nullable InetAddress address) {
		return this.killSwitch.isEngaged() ? new Verdict.Refused<>(killed()) : state().admit(chain, address, now());
	}

	Verdict<Admission> readmitForwarded(List<X509Certificate> chain, @Nullable InetAddress address,
			boolean certificateRequired) {
		return this.killSwitch.isEngaged() ? new Verdict.Refused<>(killed())
				: state().admitForwarded(chain, address, certificateRequired, now());
	}

	Decision.Deny certificateMissing(InetAddress address) {
		Decision.Deny missing = new Decision.Deny(Reason.CERTIFICATE_MISSING,
				"the peer presented no certificate, which this request needs");
		this.events.refused(address, null, missing);
		return missing;
	}

	Verdict<Admission> readmitOrTell(List<X509Certificate> chain, @Nullable InetAddress address) {
		return readmitOrTell(chain, address, null);
	}

	TlsSession session(Object connection, SSLSession session, Instant begun) {
		return this.handshakes.complete(connection, session, begun);
	}

	Instant now() {
		return this.clock.instant();
	}

	void forget(LiveConnection connection) {
		this.connections.remove(connection);
		this.forwarded.remove(connection);
	}

	void forget(PendingHandshake handshake) {
		this.connections.remove(handshake);
	}

	void tellTimeout(PendingHandshake handshake) {
		this.events.refused(handshake.address(), null, new Decision.Deny(Reason.HANDSHAKE_TIMEOUT,
				"the handshake was not complete after %d ms".formatted(this.settings.handshakeTimeout().toMillis())));
	}

	void tellCut(LiveConnection connection, Decision.Deny denial) {
		this.events.cut(connection, denial);
	}

	Verdict<Admission> verifyAndAdmit(PresentedChain presented) {
		return this.killSwitch.isEngaged() ? new Verdict.Refused<>(killed()) : state().verifyAndAdmit(presented, now());
	}

	GateState state() {
		return this.generations.current();
	}

	static Decision.@Nullable Deny denialOf(Verdict<Admission> verdict) {
		return (verdict instanceof Verdict.Accepted<Admission> accepted) ? accepted.value().deferred()
				: ((Verdict.Refused<Admission>) verdict).denial();
	}

	private Verdict<Admission> readmitOrTell(List<X509Certificate> chain, @Nullable InetAddress address,
			@Nullable TlsSession tls) {
		Verdict<Admission> verdict = readmit(chain, address);
		if (verdict instanceof Verdict.Refused<Admission> refused) {
			this.events.refused(address, identityOf(chain, refused.denial()), tls, refused.denial());
		}
		return verdict;
	}

	private boolean refuse(@Nullable InetAddress address, @Nullable PeerIdentity identity, @Nullable TlsSession tls,
			Decision.Deny denial) {
		if (this.settings.reportOnly()) {
			this.events.reported(address, identity, tls, denial);
			return false;
		}
		this.events.refused(address, identity, tls, denial);
		return true;
	}

	private void reloaded() {
		this.executor.execute(this::walk);
		this.events.reloaded(state());
	}

	private synchronized void revocationChanged() {
		this.generations.renew();
		reloaded();
	}

	private void takeCrls(Snapshot snapshot) {
		this.revocation.take(snapshot.crls(), snapshot.trust().anchors())
			.problems()
			.forEach(this::tellRevocationProblem);
	}

	private void tellRevocationProblem(Decision.Deny problem) {
		this.events.warned("%s (%s)".formatted(problem.detail(), problem.reason().code()));
	}

	private void ocspAsked(OcspResponderStatus status) {
		this.ocspResponders.accept(status);
		this.events.ocspAsked(status);
	}

	private Set<List<X509Certificate>> livePaths() {
		return Stream.concat(this.connections.live().stream(), this.forwarded.live().stream())
			.flatMap((connection) -> Stream.ofNullable(connection.admission().peer()))
			.map((peer) -> peer.path().withAnchor())
			.collect(Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
	}

	private synchronized void killSwitchChanged() {
		this.generations.renew();
		this.executor.execute(this::walk);
		this.events.killSwitch(this.killSwitch.isEngaged());
	}

	private void tellKept(MtlsException failure) {
		if (this.generations.isNews(failure)) {
			this.events.kept(failure);
		}
	}

	private Decision refused(InetAddress address, Decision.Deny denial) {
		this.events.refused(address, null, denial);
		return denial;
	}

	@Nullable PeerIdentity identityOf(List<X509Certificate> chain, Decision.Deny denial) {
		return state().identityOf(chain, denial, now());
	}

	private static Decision.Deny killed() {
		return new Decision.Deny(Reason.KILL_SWITCH, "the kill switch is engaged");
	}

}
