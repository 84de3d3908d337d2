package dev.mtls.tls;

import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * A handshake of two engines in memory, with a byte of data in each direction after it,
 * so that each side has also read what the other sends once it is done: tickets, or the
 * alert of a server that refuses a certificate.
 */
public final class EngineHandshake {

	private static final int MAX_STEPS = 1000;

	private final Side client;

	private final Side server;

	private EngineHandshake(SSLEngine client, SSLEngine server) {
		ByteBuffer toServer = buffer(client);
		ByteBuffer toClient = buffer(client);
		this.client = new Side(client, toClient, toServer);
		this.server = new Side(server, toServer, toClient);
	}

	/**
	 * Shake hands.
	 * @param client the client's engine
	 * @param server the server's engine
	 * @return what came of it
	 * @throws SSLException if the handshake cannot begin
	 */
	public static EngineHandshake of(SSLEngine client, SSLEngine server) throws SSLException {
		EngineHandshake handshake = new EngineHandshake(client, server);
		client.setUseClientMode(true);
		server.setUseClientMode(false);
		client.beginHandshake();
		server.beginHandshake();
		handshake.run();
		return handshake;
	}

	/**
	 * Whether both sides are done and have read the other's data.
	 * @return {@code true} if so
	 */
	public boolean succeeded() {
		return this.client.received && this.server.received;
	}

	/**
	 * The session at the client.
	 * @return the session
	 */
	public SSLSession clientSession() {
		return this.client.engine.getSession();
	}

	/**
	 * The session at the server.
	 * @return the session
	 */
	public SSLSession serverSession() {
		return this.server.engine.getSession();
	}

	/**
	 * What the client's engine threw.
	 * @return the first failure, or {@code null}
	 */
	public @Nullable SSLException clientFailure() {
		return this.client.failure;
	}

	/**
	 * What the server's engine threw.
	 * @return the first failure, or {@code null}
	 */
	public @Nullable SSLException serverFailure() {
		return this.server.failure;
	}

	private void run() {
		for (int i = 0; i < MAX_STEPS; i++) {
			boolean moved = this.client.move();
			moved |= this.server.move();
			if (!moved) {
				return;
			}
		}
		throw new IllegalStateException("The handshake does not end");
	}

	private static ByteBuffer buffer(SSLEngine engine) {
		return ByteBuffer.allocate(16 * engine.getSession().getPacketBufferSize());
	}

	/**
	 * One end of the connection.
	 */
	private static final class Side {

		private final SSLEngine engine;

		private final ByteBuffer in;

		private final ByteBuffer out;

		private boolean sent;

		private boolean received;

		private @Nullable SSLException failure;

		private Side(SSLEngine engine, ByteBuffer in, ByteBuffer out) {
			this.engine = engine;
			this.in = in;
			this.out = out;
		}

		private boolean move() {
			try {
				return switch (this.engine.getHandshakeStatus()) {
					case NEED_TASK -> runTasks();
					case NEED_WRAP -> wrap(0);
					case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
					case FINISHED, NOT_HANDSHAKING -> this.sent ? unwrap() : wrap(1);
				};
			}
			catch (SSLException ex) {
				boolean first = this.failure == null;
				this.failure = first ? ex : this.failure;
				return first;
			}
		}

		private boolean runTasks() {
			Runnable task = this.engine.getDelegatedTask();
			while (task != null) {
				task.run();
				task = this.engine.getDelegatedTask();
			}
			return true;
		}

		private boolean wrap(int length) throws SSLException {
			boolean data = this.engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
			SSLEngineResult result = this.engine.wrap(ByteBuffer.allocate(length), this.out);
			this.sent |= data;
			return result.bytesProduced() > 0 || data;
		}

		private boolean unwrap() throws SSLException {
			this.in.flip();
			try {
				if (!this.in.hasRemaining()) {
					return false;
				}
				SSLEngineResult result = this.engine.unwrap(this.in,
						ByteBuffer.allocate(this.engine.getSession().getApplicationBufferSize()));
				this.received |= result.bytesProduced() > 0;
				return result.bytesConsumed() > 0 || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
			}
			finally {
				this.in.compact();
			}
		}

	}

}
