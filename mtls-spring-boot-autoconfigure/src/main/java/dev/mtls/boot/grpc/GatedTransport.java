package dev.mtls.boot.grpc;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLSession;

import io.grpc.Attributes;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tls.PeerChain;

/**
 * A connection of a gRPC server and the calls that run on it. Its peer is admitted at the
 * first call, on a thread that may wait for what is to be known about revocation. As the
 * connection cannot be closed, a peer that is refused may be admitted at a later call.
 */
final class GatedTransport {

	/**
	 * The key in the attributes of the connection and of its calls.
	 */
	static final Attributes.Key<GatedTransport> KEY = Attributes.Key.create("mtls-transport");

	private final Gate gate;

	private final boolean certificateRequired;

	private final boolean encrypted;

	private final @Nullable TlsSession tls;

	private final List<X509Certificate> chain;

	private final @Nullable InetAddress address;

	private final Set<GatedCall<?, ?>> calls = ConcurrentHashMap.newKeySet();

	private volatile @Nullable LiveConnection connection;

	private boolean terminated;

	GatedTransport(Gate gate, boolean certificateRequired, @Nullable SSLSession session,
			@Nullable InetAddress address) {
		this.gate = gate;
		this.certificateRequired = certificateRequired;
		this.encrypted = session != null;
		// Nobody is told of the handshake itself
		this.tls = (session != null) ? new TlsSession(session.getProtocol(), session.getCipherSuite(), null, null)
				: null;
		this.chain = (session != null) ? PeerChain.of(session) : List.of();
		this.address = address;
	}

	/**
	 * Decide whether a call is served.
	 * @return the connection, which says who the peer is, or the denial
	 */
	Verdict<LiveConnection> admit() {
		// Not even a peer that needs no certificate is served without TLS
		if (!this.encrypted) {
			return Verdict.refused(Reason.CERTIFICATE_MISSING, "the connection is without TLS");
		}
		if (this.certificateRequired && this.chain.isEmpty()) {
			return certificateMissing();
		}
		LiveConnection current = this.connection;
		if (current != null && current.isAdmitted()) {
			return served(current);
		}
		this.gate.askRevocation(this.chain).join();
		return connect().then(this::served);
	}

	/**
	 * Note a call, which is ended together with the admission.
	 * @param call the call
	 * @return {@code false} if it has been ended already
	 */
	boolean begin(GatedCall<?, ?> call) {
		this.calls.add(call);
		// A change between the admission and the call's being known was missed
		if (call.isServed()) {
			return true;
		}
		end(call);
		return false;
	}

	void end(GatedCall<?, ?> call) {
		this.calls.remove(call);
	}

	synchronized void terminated() {
		this.terminated = true;
		if (this.connection != null) {
			this.connection.closed();
		}
	}

	private synchronized Verdict<LiveConnection> connect() {
		if (this.connection != null && this.connection.isAdmitted()) {
			return Verdict.accepted(this.connection);
		}
		return this.gate.connect(this.chain, this.address, this.tls, (denial) -> cut()).then((connected) -> {
			this.connection = connected;
			if (this.terminated) {
				connected.closed();
			}
			return Verdict.accepted(connected);
		});
	}

	// Where a certificate is wanted but not needed, a peer with one that is not admitted
	// has each of its calls refused
	private Verdict<LiveConnection> served(LiveConnection connected) {
		Decision.Deny deferred = connected.admission().deferred();
		if (deferred == null || !this.gate.refuse(this.address, connected.identity(), deferred)) {
			return Verdict.accepted(connected);
		}
		return new Verdict.Refused<>(deferred);
	}

	private Verdict<LiveConnection> certificateMissing() {
		Decision.Deny missing = new Decision.Deny(Reason.CERTIFICATE_MISSING,
				"the peer presented no certificate, which gRPC needs");
		this.gate.requestRefused(this.address, null, missing);
		return new Verdict.Refused<>(missing);
	}

	private void cut() {
		this.calls.forEach(GatedCall::endIfCut);
	}

}
