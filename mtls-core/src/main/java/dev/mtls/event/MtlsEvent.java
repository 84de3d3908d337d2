package dev.mtls.event;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Reason;
import dev.mtls.identity.PeerIdentity;

/**
 * Something that happened at a gate. No event ever holds a key, a password or a whole
 * certificate.
 */
public sealed interface MtlsEvent {

	/**
	 * When it happened.
	 * @return the time by the gate's clock
	 */
	Instant time();

	/**
	 * The name of the gate it happened at.
	 * @return the name, such as {@code server} or {@code client}
	 */
	String gate();

	/**
	 * A peer got in.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} for a peer without certificate
	 * @param tls the session of the connection, or {@code null} if it has none yet or the
	 * stack does not tell
	 * @param rule the rule that let it in
	 */
	record PeerAdmitted(Instant time, String gate, @Nullable InetAddress address, @Nullable PeerIdentity identity,
			@Nullable TlsSession tls, String rule) implements MtlsEvent {
	}

	/**
	 * A peer did not get in.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} where that is not known
	 * @param tls the session of the connection, or {@code null} if it has none yet or the
	 * stack does not tell
	 * @param reason why
	 * @param detail what a reader needs beside the reason; printable
	 */
	record PeerRefused(Instant time, String gate, @Nullable InetAddress address, @Nullable PeerIdentity identity,
			@Nullable TlsSession tls, Reason reason, String detail) implements MtlsEvent {
	}

	/**
	 * A peer got in only because the gate reports without acting.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} for a peer without certificate
	 * @param tls the session of the connection, or {@code null} if it has none yet or the
	 * stack does not tell
	 * @param reason why it would have been refused
	 * @param detail what a reader needs beside the reason; printable
	 */
	record RefusalReported(Instant time, String gate, @Nullable InetAddress address, @Nullable PeerIdentity identity,
			@Nullable TlsSession tls, Reason reason, String detail) implements MtlsEvent {
	}

	/**
	 * A connection was cut because its peer is no longer admitted.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param address the peer's address, or {@code null} where the stack does not tell
	 * @param identity who the peer is, or {@code null} for a peer without certificate
	 * @param tls the session of the connection, or {@code null} if it has none yet or the
	 * stack does not tell
	 * @param reason why
	 * @param detail what a reader needs beside the reason; printable
	 */
	record ConnectionCut(Instant time, String gate, @Nullable InetAddress address, @Nullable PeerIdentity identity,
			@Nullable TlsSession tls, Reason reason, String detail) implements MtlsEvent {
	}

	/**
	 * The kill switch was engaged or released.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param engaged whether every peer is refused from now on
	 */
	record KillSwitchChanged(Instant time, String gate, boolean engaged) implements MtlsEvent {
	}

	/**
	 * Material, trust or rules were replaced.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param generation the number of the generation that began
	 */
	record Reloaded(Instant time, String gate, long generation) implements MtlsEvent {
	}

	/**
	 * A reload found something broken and kept what was there.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param reason why
	 * @param message the place, the problem and the fix
	 */
	record ReloadKept(Instant time, String gate, Reason reason, String message) implements MtlsEvent {
	}

	/**
	 * Something is allowed but unwise.
	 *
	 * @param time when
	 * @param gate the name of the gate
	 * @param message what, and what to do about it
	 */
	record Warned(Instant time, String gate, String message) implements MtlsEvent {
	}

	/**
	 * An OCSP responder was asked about a certificate of a peer.
	 *
	 * @param time when it answered, or was given up
	 * @param gate the name of the gate
	 * @param responder the responder
	 * @param took how long that took
	 * @param problem why there is no answer that can be used, printable, or {@code null}
	 * if there is one
	 */
	record OcspAsked(Instant time, String gate, URI responder, Duration took,
			@Nullable String problem) implements MtlsEvent {
	}

}
