package dev.mtls.gate;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.tls.PresentedChain;
import dev.mtls.trust.VerifiedPeer;

/**
 * What a gate does in handshakes: it verifies the chains that peers present, and
 * remembers for each what it said until the handshake is told as complete or failed.
 */
final class Handshakes {

	private static final Decision PASSED = new Decision.Allow("handshake");

	private final HandshakeDecisions decisions = new HandshakeDecisions();

	private final Gate gate;

	private final GateEvents events;

	private final HandshakeTrace trace;

	Handshakes(Gate gate, GateEvents events, HandshakeTrace trace) {
		this.gate = gate;
		this.events = events;
		this.trace = trace;
	}

	// The state is looked up here, and not when the context was made, because a handshake
	// may begin before a change and present its chain after it
	Decision verify(PresentedChain presented) {
		Verdict<VerifiedPeer> verdict = this.gate.state().verify(presented, this.gate.now());
		Decision decision = (verdict instanceof Verdict.Refused<VerifiedPeer> refused) ? refused.denial() : PASSED;
		this.decisions.put(presented.connection(), decision);
		this.decisions.put(sessionOf(presented.connection()), decision);
		if (!decision.isAllowed() && this.trace.isEnabled()) {
			trace(null, null, new Explanation(this.gate.explain(presented.certificates(), null).steps(), decision));
		}
		return decision;
	}

	Decision verifyStandalone(PresentedChain presented) {
		// There is nobody else who could wait
		this.gate.askRevocation(presented.certificates()).join();
		Decision.Deny denial = Gate.denialOf(this.gate.verifyAndAdmit(presented));
		if (denial == null) {
			return PASSED;
		}
		InetAddress address = (presented.connection() instanceof Socket socket) ? socket.getInetAddress() : null;
		this.events.refused(address, this.gate.identityOf(presented.certificates(), denial), denial);
		return denial;
	}

	/**
	 * Take note that a handshake is complete.
	 * @param connection the engine or socket
	 * @param session the session
	 * @param begun when the connection began
	 * @return the session as it is told
	 */
	TlsSession complete(Object connection, SSLSession session, Instant begun) {
		// Nobody is asked about the chain of a session that is resumed. The engine may be
		// wrapped in another, whose session is the same.
		Decision byEngine = this.decisions.take(connection);
		Decision bySession = this.decisions.take(session);
		boolean full = byEngine != null || bySession != null;
		return new TlsSession(session.getProtocol(), session.getCipherSuite(),
				(full || hasPeer(session)) ? !full : null, Duration.between(begun, this.gate.now()));
	}

	/**
	 * Why a handshake failed.
	 * @param connection the engine or socket, or {@code null} if there was none yet
	 * @param failure what the TLS stack threw, or {@code null} if the peer went away
	 * @return the reason that was given, or one that fits the failure
	 */
	Decision.Deny failed(@Nullable Object connection, @Nullable Throwable failure) {
		return (this.decisions.take(connection) instanceof Decision.Deny denial) ? denial
				: HandshakeFailure.denialFor(failure);
	}

	void trace(List<X509Certificate> chain, @Nullable InetAddress address, @Nullable TlsSession tls) {
		if (this.trace.isEnabled()) {
			trace(address, tls, this.gate.explain(chain, address));
		}
	}

	private void trace(@Nullable InetAddress address, @Nullable TlsSession tls, Explanation explanation) {
		this.trace.trace(this.gate.settings().name(), address, tls, explanation);
	}

	private static @Nullable SSLSession sessionOf(@Nullable Object connection) {
		if (connection instanceof SSLEngine engine) {
			return engine.getHandshakeSession();
		}
		return (connection instanceof SSLSocket socket) ? socket.getHandshakeSession() : null;
	}

	private static boolean hasPeer(SSLSession session) {
		try {
			return session.getPeerCertificates().length > 0;
		}
		catch (SSLPeerUnverifiedException ex) {
			return false;
		}
	}

}
