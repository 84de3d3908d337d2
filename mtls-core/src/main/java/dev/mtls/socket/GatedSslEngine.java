package dev.mtls.socket;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Verdict;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Admission;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.DelegatingSslEngine;
import dev.mtls.tls.PeerChain;
import dev.mtls.tls.PeerRefusedException;

/**
 * {@link SSLEngine} whose peer is admitted by the gate with the end of the handshake,
 * before a byte of the application is encrypted or decrypted, and which encrypts and
 * decrypts nothing more once the peer is no longer admitted, or renegotiated. It has no
 * hold on the connection, which its user closes at the next byte.
 */
final class GatedSslEngine extends DelegatingSslEngine {

	private static final Cleaner CLEANER = Cleaner.create();

	private final Gate gate;

	private final String peer;

	private @Nullable PendingHandshake handshake;

	private @Nullable LiveConnection connection;

	private List<X509Certificate> chain = List.of();

	private @Nullable SSLSession session;

	private boolean renegotiated;

	private boolean ended;

	private volatile Decision.@Nullable Deny cut;

	GatedSslEngine(Gate gate, SSLEngine engine, @Nullable String host, int port) {
		super(engine, host, port);
		this.gate = gate;
		this.peer = (host != null) ? "%s:%d".formatted(host, port) : "the peer";
	}

	@Override
	public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) throws SSLException {
		begin();
		try {
			return check(this.engine.wrap(sources, offset, length, target));
		}
		catch (SSLException ex) {
			throw failed(ex);
		}
	}

	@Override
	public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) throws SSLException {
		begin();
		try {
			return check(this.engine.unwrap(source, targets, offset, length));
		}
		catch (SSLException ex) {
			throw failed(ex);
		}
	}

	@Override
	public void closeInbound() throws SSLException {
		closed();
		this.engine.closeInbound();
	}

	@Override
	public void closeOutbound() {
		closed();
		this.engine.closeOutbound();
	}

	private void begin() throws SSLException {
		LiveConnection standing = beginOrFind();
		if (standing == null) {
			return;
		}
		Decision.Deny denial = standing.isAdmitted() ? null : denialOf(standing);
		if (denial != null) {
			closed();
			throw new PeerRefusedException(this.peer, denial);
		}
	}

	private synchronized @Nullable LiveConnection beginOrFind() throws SSLException {
		Decision.Deny denial = this.cut;
		if (denial != null) {
			closed();
			throw new PeerRefusedException(this.peer, denial);
		}
		if (this.renegotiated) {
			throw Established.renegotiated(this.peer);
		}
		if (this.handshake == null && this.connection == null && !this.ended) {
			if (this.gate.admitAnybody() instanceof Decision.Deny killed) {
				throw new PeerRefusedException(this.peer, killed);
			}
			WeakReference<GatedSslEngine> engine = new WeakReference<>(this);
			Decision.Deny timeout = SocketHandshake.timeout(this.gate);
			this.handshake = this.gate.handshake(null, () -> cut(engine, timeout));
		}
		return this.connection;
	}

	// One way may be closed already, from when on the gate does not know the connection
	private Decision.@Nullable Deny denialOf(LiveConnection standing) {
		Decision.Deny denial = standing.denial();
		if (denial != null || this.gate.isCurrent(standing.admission())) {
			return denial;
		}
		return (this.gate.admitRequest(this.chain, null) instanceof Verdict.Refused<Admission> refused)
				? refused.denial() : null;
	}

	private SSLEngineResult check(SSLEngineResult result) throws SSLException {
		if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
			admit();
			checkSession();
		}
		if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
			closed();
		}
		return result;
	}

	// TLS 1.3 finishes what renegotiates nothing as well
	private synchronized void checkSession() throws SSLException {
		if (this.engine.getSession() != this.session) {
			this.renegotiated = true;
			closed();
			throw Established.renegotiated(this.peer);
		}
	}

	private void admit() throws SSLException {
		PendingHandshake pending;
		synchronized (this) {
			pending = this.handshake;
			if (this.connection != null || pending == null) {
				return;
			}
			this.session = this.engine.getSession();
			this.chain = PeerChain.of(this.session);
		}
		// There is nobody else who could wait
		this.gate.askRevocation(this.chain).join();
		if (!endHandshake()) {
			throw refused(SocketHandshake.timeout(this.gate));
		}
		admit(pending.session(this.engine, this.engine.getSession()));
	}

	private void admit(TlsSession session) throws SSLException {
		WeakReference<GatedSslEngine> engine = new WeakReference<>(this);
		Verdict<LiveConnection> verdict = this.gate.connect(this.chain, null, session, (denial) -> cut(engine, denial));
		if (verdict instanceof Verdict.Refused<LiveConnection> refused) {
			throw refused(refused.denial());
		}
		LiveConnection admitted = ((Verdict.Accepted<LiveConnection>) verdict).value();
		Decision.Deny deferred = admitted.admission().deferred();
		if (deferred != null) {
			admitted.closed();
			throw refused(deferred);
		}
		synchronized (this) {
			this.connection = admitted;
			if (this.ended) {
				admitted.closed();
			}
		}
		// Some close a connection without a word to its engine
		CLEANER.register(this, admitted::closed);
	}

	private SSLException refused(Decision.Deny denial) {
		this.cut = denial;
		closed();
		return new PeerRefusedException(this.peer, denial);
	}

	private synchronized SSLException failed(SSLException failure) {
		if (endHandshake()) {
			this.gate.handshakeFailed(this.engine, null, failure);
		}
		closed();
		return failure;
	}

	private synchronized boolean endHandshake() {
		PendingHandshake pending = this.handshake;
		this.handshake = null;
		return pending != null && pending.ended();
	}

	private synchronized void closed() {
		this.ended = true;
		endHandshake();
		if (this.connection != null) {
			this.connection.closed();
		}
	}

	private static void cut(WeakReference<GatedSslEngine> reference, Decision.Deny denial) {
		GatedSslEngine engine = reference.get();
		if (engine != null) {
			engine.cut = denial;
		}
	}

}
