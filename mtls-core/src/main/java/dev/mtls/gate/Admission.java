package dev.mtls.gate;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.trust.VerifiedPeer;

/**
 * A peer that got in, and until when that holds.
 */
public final class Admission {

	private final @Nullable VerifiedPeer peer;

	private final long generation;

	private final Instant validUntil;

	private final String rule;

	Admission(@Nullable VerifiedPeer peer, long generation, Instant validUntil, String rule) {
		this.peer = peer;
		this.generation = generation;
		this.validUntil = validUntil;
		this.rule = rule;
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

	@Override
	public String toString() {
		return "Admission[%s, generation %d, until %s, by %s]".formatted(
				(this.peer != null) ? this.peer.identity().displayName() : "anonymous", this.generation,
				this.validUntil, this.rule);
	}

}
