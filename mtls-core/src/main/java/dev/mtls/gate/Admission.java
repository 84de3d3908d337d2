package dev.mtls.gate;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.trust.VerifiedPeer;

/**
 * A peer that got in, and until when that holds. Only a {@link Gate} makes one.
 */
public final class Admission {

	private final @Nullable VerifiedPeer peer;

	private final Set<String> authorities;

	private final long generation;

	private final Instant validUntil;

	private final long validUntilMillis;

	private final String rule;

	private final Decision.@Nullable Deny reported;

	private final Decision.@Nullable Deny deferred;

	private final boolean proxy;

	Admission(@Nullable VerifiedPeer peer, Set<String> authorities, long generation, Decision.Allow decision) {
		this(peer, authorities, generation, decision.rule(), (peer != null) ? peer.tolerated() : null, null, false);
	}

	private Admission(@Nullable VerifiedPeer peer, Set<String> authorities, long generation, String rule,
			Decision.@Nullable Deny reported, Decision.@Nullable Deny deferred, boolean proxy) {
		this.peer = peer;
		this.authorities = Set.copyOf(authorities);
		this.generation = generation;
		this.validUntil = (peer != null) ? peer.validUntil() : Instant.MAX;
		this.validUntilMillis = (peer != null) ? this.validUntil.toEpochMilli() : Long.MAX_VALUE;
		this.rule = rule;
		this.reported = reported;
		this.deferred = deferred;
		this.proxy = proxy;
	}

	/**
	 * An admission by a gate that only reports.
	 * @param peer the peer, or {@code null} if it is anonymous
	 * @param authorities what the peer may do
	 * @param generation the generation of the gate
	 * @param denial the denial that the peer is spared
	 * @return the admission
	 */
	static Admission reported(@Nullable VerifiedPeer peer, Set<String> authorities, long generation,
			Decision.Deny denial) {
		return new Admission(peer, authorities, generation, "report-only", denial, null, false);
	}

	/**
	 * An admission of a connection whose every request has to be refused.
	 * @param peer the peer
	 * @param generation the generation of the gate
	 * @param denial the denial to act upon at each request
	 * @return the admission
	 */
	static Admission deferred(VerifiedPeer peer, long generation, Decision.Deny denial) {
		return new Admission(peer, Set.of(), generation, "none", null, denial, false);
	}

	/**
	 * An admission of a proxy, which is no client: what it sends is refused unless it
	 * speaks for somebody who is.
	 * @param peer the proxy, or {@code null} if its address says that it is one
	 * @param generation the generation of the gate
	 * @param rule the rule by which it is a proxy
	 * @param spared the denial that the proxy is spared because the gate only reports, or
	 * {@code null}
	 * @return the admission
	 */
	static Admission proxy(@Nullable VerifiedPeer peer, long generation, String rule, Decision.@Nullable Deny spared) {
		Decision.Deny reported = (spared == null && peer != null) ? peer.tolerated() : spared;
		return new Admission(peer, Set.of(), generation, rule, reported,
				new Decision.Deny(Reason.CERTIFICATE_MISSING, "a proxy has to forward the certificate of its client"),
				true);
	}

	/**
	 * The peer.
	 * @return the peer, or {@code null} if it presented no certificate and needs none
	 */
	public @Nullable VerifiedPeer peer() {
		return this.peer;
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} if it presented no certificate and needs none
	 */
	public @Nullable PeerIdentity identity() {
		return (this.peer != null) ? this.peer.identity() : null;
	}

	/**
	 * What the peer may do.
	 * @return the authorities that go with its identity; none for an anonymous peer
	 */
	public Set<String> authorities() {
		return this.authorities;
	}

	/**
	 * The generation of the gate that admitted the peer. Once the gate's generation is
	 * another, the peer has to be admitted again.
	 * @return the generation
	 */
	public long generation() {
		return this.generation;
	}

	/**
	 * When the admission ends even if nothing changes.
	 * @return the earliest end of whatever it rests on
	 */
	public Instant validUntil() {
		return this.validUntil;
	}

	/**
	 * The rule that let the peer in.
	 * @return the rule
	 */
	public String rule() {
		return this.rule;
	}

	/**
	 * The denial that the peer was spared because the gate only reports.
	 * @return the denial, or {@code null} if the peer is allowed
	 */
	public Decision.@Nullable Deny reported() {
		return this.reported;
	}

	/**
	 * The denial that has to be answered to each request, at a gate where a certificate
	 * is wanted but not needed: the connection stands, but nothing is served to the peer.
	 * @return the denial, or {@code null} if the peer is served
	 */
	public Decision.@Nullable Deny deferred() {
		return this.deferred;
	}

	/**
	 * Whether the peer is a proxy. It has no say of its own, so that its admission is
	 * {@linkplain #deferred() deferred} as well.
	 * @return whether it may speak for clients, by {@link ForwardedClients}
	 */
	public boolean isProxy() {
		return this.proxy;
	}

	boolean isCurrent(long generation, long millis) {
		return this.generation == generation && millis < this.validUntilMillis;
	}

	@Override
	public String toString() {
		return "Admission[%s, generation %d, until %s, by %s]".formatted(
				(this.peer != null) ? this.peer.identity().displayName() : "anonymous", this.generation,
				this.validUntil, this.rule);
	}

}
