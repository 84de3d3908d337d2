package dev.mtls.gate;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted and whose handshake is not complete yet. Its
 * {@link Gate} closes it when that takes too long, however many bytes trickle in.
 */
public final class PendingHandshake {

	private final Gate gate;

	private final @Nullable InetAddress address;

	private final long deadlineMillis;

	private final Runnable closer;

	private final AtomicBoolean ended = new AtomicBoolean();

	PendingHandshake(Gate gate, @Nullable InetAddress address, long deadlineMillis, Runnable closer) {
		this.gate = gate;
		this.address = address;
		this.deadlineMillis = deadlineMillis;
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
