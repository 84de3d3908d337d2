package dev.mtls.boot.jetty;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.PeerChain;

/**
 * A TLS connection whose handshake is bounded in time, and whose peer is admitted by the
 * gate when the handshake is complete, whether the session is new or resumed.
 */
final class GatedConnection {

	private static final Log logger = LogFactory.getLog(GatedConnection.class);

	private final Gate gate;

	private final SslConnection connection;

	private final SocketChannel channel;

	private final Executor executor;

	private final @Nullable InetAddress address;

	private volatile @Nullable PendingHandshake handshake;

	private volatile @Nullable LiveConnection live;

	private volatile boolean closed;

	GatedConnection(Gate gate, SslConnection connection, SocketChannel channel, @Nullable InetAddress address,
			Executor executor) {
		this.gate = gate;
		this.connection = connection;
		this.channel = channel;
		this.executor = executor;
		this.address = address;
	}

	void begin() {
		this.handshake = this.gate.handshake(this.address, this::cut);
	}

	/**
	 * The connection as the gate knows it.
	 * @return the connection, or {@code null} if its peer was not admitted
	 */
	@Nullable LiveConnection live() {
		return this.live;
	}

	/**
	 * Ask the gate for the peer.
	 * @throws SSLException if it is refused; Jetty closes the connection before anything
	 * that the peer sent is looked at. Anything else that were thrown would be ignored.
	 */
	void handshakeSucceeded() throws SSLException {
		// A thread of the server may wait, while the handshake timeout runs on
		this.gate.askRevocation(PeerChain.of(this.connection.getSSLEngine().getSession())).join();
		PendingHandshake handshake = this.handshake;
		if (handshake == null || !handshake.ended()) {
			throw new SSLException("The handshake had ended before");
		}
		try {
			admit(handshake);
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a peer, which is therefore refused", ex);
			throw new SSLException("The gate failed", ex);
		}
	}

	void handshakeFailed(@Nullable Throwable failure) {
		if (endHandshake()) {
			this.gate.handshakeFailed(this.connection.getSSLEngine(), this.address, failure);
		}
	}

	void closed() {
		this.closed = true;
		handshakeFailed(null);
		forget();
	}

	/**
	 * Close the connection at once, whatever it is doing. Only the socket can be shut
	 * down without waiting. Jetty's own clean-up calls the application, so it runs on a
	 * thread of the server: first the connection, because HTTP/2 streams would live on,
	 * then the socket, because asynchronous requests would be told late.
	 */
	void cut() {
		// The output first, because Jetty says goodbye when the input ends
		shutDown(this.channel::shutdownOutput);
		shutDown(this.channel::shutdownInput);
		try {
			this.executor.execute(() -> {
				this.connection.close();
				this.connection.getEndPoint().close();
			});
		}
		catch (RejectedExecutionException ex) {
			logger.debug("A cut connection is left to the server, which is stopping or too busy", ex);
		}
	}

	private void admit(PendingHandshake handshake) throws SSLException {
		if (this.address == null) {
			throw new SSLException("The peer went away");
		}
		SSLEngine engine = this.connection.getSSLEngine();
		Verdict<LiveConnection> verdict = this.gate.connect(PeerChain.of(this.connection.getSSLEngine().getSession()),
				this.address, handshake.session(engine, engine.getSession()), (denial) -> cut());
		if (verdict instanceof Verdict.Refused<LiveConnection> refused) {
			throw new SSLException("The gate refused the peer: " + refused.denial().reason());
		}
		if (verdict instanceof Verdict.Accepted<LiveConnection> accepted) {
			this.live = accepted.value();
			if (this.closed) {
				forget();
			}
		}
	}

	private boolean endHandshake() {
		PendingHandshake handshake = this.handshake;
		return handshake != null && handshake.ended();
	}

	private void forget() {
		LiveConnection live = this.live;
		if (live != null) {
			live.closed();
		}
	}

	private static void shutDown(Callable<SocketChannel> direction) {
		try {
			direction.call();
		}
		catch (Exception ex) {
			logger.debug("A cut connection was closed already", ex);
		}
	}

}
