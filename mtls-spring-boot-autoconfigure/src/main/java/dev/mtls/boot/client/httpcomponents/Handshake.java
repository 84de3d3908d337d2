package dev.mtls.boot.client.httpcomponents;

import java.net.InetAddress;
import java.net.SocketTimeoutException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.PendingHandshake;

/**
 * A handshake as the gate is told of it: it is bounded in time, and ends once.
 */
final class Handshake {

	private final Gate gate;

	private final String host;

	private final @Nullable InetAddress address;

	private final PendingHandshake pending;

	private volatile boolean completed;

	Handshake(ClientGeneration generation, String host, @Nullable InetAddress address, Runnable closer) {
		this.gate = generation.gate();
		this.host = host;
		this.address = address;
		this.pending = this.gate.handshake(address, closer);
	}

	/**
	 * End it, complete.
	 * @param connection the engine or socket
	 * @param session the session
	 * @return the session as it is told
	 * @throws SSLException if it took too long
	 */
	TlsSession complete(Object connection, SSLSession session) throws SSLException {
		if (!this.pending.ended()) {
			throw timedOut();
		}
		this.completed = true;
		return this.pending.session(connection, session);
	}

	/**
	 * End it, failed.
	 * @param connection the engine or socket, or {@code null} if there is none yet
	 * @param failure what the TLS stack threw, or {@code null} if the server went away
	 * @return what the request is to fail with
	 */
	Exception fail(@Nullable Object connection, @Nullable Exception failure) {
		if (!this.pending.ended()) {
			// What follows a complete handshake is the gate's decision
			return (failure != null && (this.completed || isRefusal(failure))) ? failure : timedOut();
		}
		this.gate.handshakeFailed(connection, this.address, failure);
		if (failure instanceof SocketTimeoutException) {
			return timedOut();
		}
		return (failure != null) ? failure : new SSLException("%s went away during the handshake".formatted(this.host));
	}

	static boolean isRefusal(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof MtlsException) {
				return true;
			}
		}
		return false;
	}

	private SSLException timedOut() {
		return ClientGeneration.refused(this.host,
				new Decision.Deny(Reason.HANDSHAKE_TIMEOUT, "the handshake was not complete after %d ms"
					.formatted(this.gate.settings().handshakeTimeout().toMillis())));
	}

}
