package dev.mtls.boot.client.httpcomponents;

import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.nio.command.ShutdownCommand;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.ssl.H2TlsSupport;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TlsDetails;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.LiveConnection;

/**
 * A connection of a reactive client, which is handed out only when the gate has admitted
 * the server. If that is clear when the handshake is complete, it is decided before the
 * application protocol begins. If the revocation has to be asked for first, HTTP/2 may
 * already have said hello, but nothing of a request is sent.
 */
final class GatedSession implements FutureCallback<TransportSecurityLayer> {

	private final ClientGeneration generation;

	private final String host;

	private final @Nullable InetAddress address;

	private final AtomicReference<@Nullable FutureCallback<TransportSecurityLayer>> callback;

	private final Handshake handshake;

	private volatile ModalCloseable connection;

	private volatile @Nullable SSLEngine engine;

	private volatile @Nullable CompletableFuture<Void> revocation;

	private volatile @Nullable LiveConnection live;

	private volatile boolean closed;

	GatedSession(ClientGeneration generation, String host, @Nullable InetAddress address, ModalCloseable connection,
			@Nullable FutureCallback<TransportSecurityLayer> callback) {
		this.generation = generation;
		this.host = host;
		this.address = address;
		this.connection = connection;
		this.callback = new AtomicReference<>(callback);
		this.handshake = new Handshake(generation, host, address, this::cut);
	}

	void start(TransportSecurityLayer layer, NamedEndpoint endpoint, HttpVersionPolicy versions) {
		layer.startTls(this.generation.sslContext(), endpoint, SSLBufferMode.STATIC,
				(ignored, engine) -> initialize(engine, versions), (ignored, engine) -> verify(engine.getSession()),
				Timeout.of(this.generation.gate().settings().handshakeTimeout()), this);
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void completed(TransportSecurityLayer layer) {
		if (layer instanceof ModalCloseable closeable) {
			// Unlike what was there before, it can be cut while it is closing
			this.connection = closeable;
		}
		CompletableFuture<Void> revocation = this.revocation;
		if (this.live != null || revocation == null) {
			succeed(layer);
			return;
		}
		revocation.thenRun(() -> admit(layer));
	}

	@Override
	public void failed(Exception failure) {
		fail(this.handshake.fail(this.engine, failure));
	}

	@Override
	public void cancelled() {
		this.handshake.fail(this.engine, null);
		FutureCallback<TransportSecurityLayer> waiting = this.callback.getAndSet(null);
		if (waiting != null) {
			waiting.cancelled();
		}
	}

	/**
	 * To be called when the connection has ended for whatever reason. HttpComponents
	 * itself does not tell whoever waits for a handshake.
	 */
	void disconnected() {
		this.closed = true;
		LiveConnection live = this.live;
		if (live != null) {
			live.closed();
		}
		if (this.callback.get() != null) {
			failed(new SSLException("%s closed the connection".formatted(this.host)));
		}
	}

	private void initialize(SSLEngine engine, HttpVersionPolicy versions) {
		this.engine = engine;
		SSLParameters parameters = engine.getSSLParameters();
		this.generation.tls().applyTo(parameters);
		parameters.setApplicationProtocols(H2TlsSupport.selectApplicationProtocols(versions));
		engine.setSSLParameters(parameters);
	}

	private @Nullable TlsDetails verify(SSLSession session) throws SSLException {
		CompletableFuture<Void> revocation = this.generation.askRevocation(session);
		this.revocation = revocation;
		if (revocation.isDone()) {
			try {
				admit(session);
			}
			catch (SSLException | RuntimeException ex) {
				refuse(ex);
				throw ex;
			}
		}
		return null;
	}

	private void admit(TransportSecurityLayer layer) {
		try {
			admit(layer.getTlsDetails().getSSLSession());
		}
		catch (SSLException | RuntimeException ex) {
			refuse(ex);
			return;
		}
		succeed(layer);
	}

	private void admit(SSLSession session) throws SSLException {
		TlsSession tls = this.handshake.complete(Objects.requireNonNull(this.engine), session);
		LiveConnection admitted = this.generation.admit(session, tls, this.host, this.address, (denial) -> cut());
		this.live = admitted;
		if (this.closed) {
			admitted.closed();
		}
	}

	// First why, because the end of the connection is told by another thread
	private void refuse(Exception refusal) {
		fail(refusal);
		cut();
	}

	private void succeed(TransportSecurityLayer layer) {
		FutureCallback<TransportSecurityLayer> waiting = this.callback.getAndSet(null);
		if (waiting != null) {
			waiting.completed(layer);
		}
	}

	private void fail(Exception failure) {
		FutureCallback<TransportSecurityLayer> waiting = this.callback.getAndSet(null);
		if (waiting != null) {
			waiting.failed(failure);
		}
	}

	private void cut() {
		if (this.connection instanceof IOSession session) {
			// Wakes the reactor, which would see the end a second later at worst
			session.enqueue(ShutdownCommand.IMMEDIATE, Command.Priority.IMMEDIATE);
		}
		this.connection.close(CloseMode.IMMEDIATE);
	}

}
