package dev.mtls.boot.client.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;

/**
 * A TLS connection whose handshake is bounded in time, and whose server is admitted by
 * the gate when the handshake is complete, whether the session is new or resumed.
 */
final class GatedConnection implements Connection.Listener, SslHandshakeListener {

	private static final Log logger = LogFactory.getLog(GatedConnection.class);

	private final ClientGeneration generation;

	private final SslConnection connection;

	private final SocketChannel channel;

	private final Executor executor;

	private final @Nullable ConnectionPromise promise;

	private final @Nullable InetAddress address;

	private volatile @Nullable PendingHandshake handshake;

	private volatile @Nullable LiveConnection live;

	private volatile boolean overdue;

	private volatile boolean closed;

	GatedConnection(ClientGeneration generation, SslConnection connection, SocketChannel channel, Executor executor,
			@Nullable ConnectionPromise promise) {
		this.generation = generation;
		this.connection = connection;
		this.channel = channel;
		this.executor = executor;
		this.promise = promise;
		this.address = addressOf(channel);
	}

	/**
	 * Begin to watch the connection.
	 * @param idleMillis how long it may be idle once its server is admitted
	 */
	void begin(long idleMillis) {
		this.handshake = this.generation.gate().handshake(this.address, this::giveUp);
		if (this.promise != null) {
			// Bounded by the gate, and not by how long a connection may be idle
			this.connection.getEndPoint().setIdleTimeout(0);
			this.promise.onOpen(this::startHandshake, () -> this.connection.getEndPoint().setIdleTimeout(idleMillis));
		}
	}

	/**
	 * Ask the gate for the server, before the pool gets the connection.
	 * @throws SSLException if it is refused; Jetty closes the connection. Anything else
	 * that were thrown would be ignored.
	 */
	@Override
	public void handshakeSucceeded(Event event) throws SSLException {
		try {
			this.live = admit(event.getSSLEngine());
			if (this.promise != null) {
				// Not on this thread, which holds the lock of the connection
				this.executor.execute(this.promise::admitted);
			}
		}
		catch (SSLException ex) {
			fail(ex);
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			logger.error("The gate failed to decide on a server, which is therefore refused", ex);
			SSLException failure = new SSLException("The gate failed", ex);
			fail(failure);
			throw failure;
		}
		if (this.closed) {
			forget();
		}
	}

	@Override
	public void handshakeFailed(Event event, Throwable failure) {
		if (endHandshake()) {
			this.generation.gate().handshakeFailed(event.getSSLEngine(), this.address, failure);
		}
		fail(failure);
	}

	@Override
	public void onClosed(Connection connection) {
		this.closed = true;
		if (endHandshake()) {
			this.generation.gate().handshakeFailed(this.connection.getSSLEngine(), this.address, null);
		}
		fail(new ClosedChannelException());
		forget();
	}

	private void startHandshake() {
		try {
			this.connection.getSslEndPoint().flush(BufferUtil.EMPTY_BUFFER);
		}
		catch (IOException ex) {
			fail(ex);
			this.connection.getEndPoint().close(ex);
		}
	}

	private LiveConnection admit(SSLEngine engine) throws SSLException {
		SSLSession session = engine.getSession();
		// A thread of the client may wait, while the handshake timeout runs on
		this.generation.askRevocation(session).join();
		PendingHandshake handshake = this.handshake;
		if (handshake == null || !handshake.ended()) {
			throw new SSLException("The handshake had ended before");
		}
		return this.generation.admit(session, handshake.session(engine, session), host(), this.address,
				(denial) -> cut());
	}

	private void fail(Throwable failure) {
		if (this.promise != null) {
			this.promise.failed(this.overdue ? timeout() : failure);
		}
	}

	// Jetty ends the handshake when it reads on
	private void giveUp() {
		this.overdue = true;
		shutDown();
	}

	/**
	 * Close the connection at once, whatever it is doing. Only the socket can be shut
	 * down without waiting. Jetty's own clean-up calls the application, so it runs on a
	 * thread of the client: first the connection, which fails its requests, then the
	 * socket.
	 */
	private void cut() {
		shutDown();
		try {
			this.executor.execute(() -> {
				this.connection.close();
				this.connection.getEndPoint().close();
			});
		}
		catch (RejectedExecutionException ex) {
			logger.debug("A cut connection is left to the client, which is stopping or too busy", ex);
		}
	}

	private void shutDown() {
		// The output first, because Jetty says goodbye when the input ends
		shutDown(this.channel::shutdownOutput);
		shutDown(this.channel::shutdownInput);
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

	private SSLException timeout() {
		return ClientGeneration.refused(host(),
				new Decision.Deny(Reason.HANDSHAKE_TIMEOUT, "the handshake was not complete after %d ms"
					.formatted(this.generation.gate().settings().handshakeTimeout().toMillis())));
	}

	private String host() {
		SSLEngine engine = this.connection.getSSLEngine();
		return "%s:%d".formatted(engine.getPeerHost(), engine.getPeerPort());
	}

	private static void shutDown(Callable<SocketChannel> direction) {
		try {
			direction.call();
		}
		catch (Exception ex) {
			logger.debug("A cut connection was closed already", ex);
		}
	}

	private static @Nullable InetAddress addressOf(SocketChannel channel) {
		try {
			return (channel.getRemoteAddress() instanceof InetSocketAddress address) ? address.getAddress() : null;
		}
		catch (IOException ex) {
			logger.debug("A connection ended before it was looked at", ex);
			return null;
		}
	}

}
