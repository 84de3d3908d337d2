package dev.mtls.gate;

import java.net.InetAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.event.TlsSession;

/**
 * A connection that was accepted and whose handshake is not complete yet. Its
 * {@link Gate} closes it when that takes too long, however many bytes trickle in.
 */
public final class PendingHandshake {

	private final Gate gate;

	private final @Nullable InetAddress address;

	private final Instant begun;

	private final long deadlineMillis;

	private final Runnable closer;

	private final AtomicBoolean ended = new AtomicBoolean();

	PendingHandshake(Gate gate, @Nullable InetAddress address, Instant begun, Runnable closer) {
		this.gate = gate;
		this.address = address;
		this.begun = begun;
		this.deadlineMillis = begun.plus(gate.settings().handshakeTimeout()).toEpochMilli();
		this.closer = closer;
	}

	/**
	 * To be called when the handshake has come to an end of any kind. More than once does
	 * no harm.
	 * @return {@code false} if the handshake had ended before, be it by its timeout
	 */
	public boolean ended() {
		boolean first = this.ended.compareAndSet(false, true);
		if (first) {
			this.gate.forget(this);
		}
		return first;
	}

	/**
	 * What the handshake came to, for {@link Gate#connect}. To be asked once, when it is
	 * complete.
	 * @param connection the {@link javax.net.ssl.SSLEngine} or socket of the handshake,
	 * as its trust manager knows it
	 * @param session the session
	 * @return the session as it is told
	 */
	public TlsSession session(Object connection, SSLSession session) {
		return this.gate.session(connection, session, this.begun);
	}

	@Nullable InetAddress address() {
		return this.address;
	}

	void closeIfOverdue(long millis) {
		if (millis > this.deadlineMillis && ended()) {
			this.gate.tellTimeout(this);
			this.closer.run();
		}
	}

}
