package dev.mtls.boot.client.jdk;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.DelegatingSslEngine;

/**
 * {@link SSLEngine} whose server is admitted by the gate with the end of the handshake,
 * before a byte of a request is encrypted, and which encrypts and decrypts nothing more
 * once it is cut.
 */
final class GatedSslEngine extends DelegatingSslEngine {

	private final GatedConnections connections;

	private final String host;

	private @Nullable PendingHandshake handshake;

	private @Nullable LiveConnection connection;

	private boolean ended;

	private volatile Decision.@Nullable Deny cut;

	GatedSslEngine(SSLEngine engine, String host, int port, GatedConnections connections) {
		super(engine, host, port);
		this.host = "%s:%d".formatted(host, port);
		this.connections = connections;
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

	/**
	 * Let nothing more pass.
	 * @param denial why
	 */
	void cut(Decision.Deny denial) {
		this.cut = denial;
		this.connections.cut(this, denial);
	}

	/**
	 * Whether the connection may still be there.
	 * @return {@code false} once it is closed
	 */
	synchronized boolean isOpen() {
		return !this.ended;
	}

	private synchronized void begin() throws SSLException {
		Decision.Deny denial = this.cut;
		if (denial != null) {
			closed();
			throw ClientGeneration.refused(this.host, denial);
		}
		if (this.handshake == null && this.connection == null && !this.ended) {
			this.handshake = this.connections.handshake(new WeakReference<>(this));
		}
	}

	private SSLEngineResult check(SSLEngineResult result) throws SSLException {
		if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
			admit();
		}
		if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
			closed();
		}
		return result;
	}

	// On a thread of the client's executor, which may wait
	private void admit() throws SSLException {
		PendingHandshake pending;
		synchronized (this) {
			if (this.connection != null) {
				return;
			}
			pending = this.handshake;
			endHandshake();
		}
		SSLSession session = this.engine.getSession();
		TlsSession tls = (pending != null) ? pending.session(this.engine, session) : null;
		LiveConnection admitted = this.connections.admit(new WeakReference<>(this), session, tls, this.host);
		synchronized (this) {
			this.connection = admitted;
			if (this.ended) {
				admitted.closed();
			}
		}
		this.connections.closedWhenUnreachable(this, admitted);
	}

	private synchronized SSLException failed(SSLException failure) {
		if (endHandshake()) {
			this.connections.handshakeFailed(this.engine, failure);
		}
		closed();
		return failure;
	}

	private synchronized boolean endHandshake() {
		PendingHandshake handshake = this.handshake;
		this.handshake = null;
		return handshake != null && handshake.ended();
	}

	private synchronized void closed() {
		this.ended = true;
		endHandshake();
		if (this.connection != null) {
			this.connection.closed();
		}
	}

}
