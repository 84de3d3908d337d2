package dev.mtls.tcp.tunnel;

import java.time.Duration;
import java.util.List;

import reactor.core.publisher.Mono;

/**
 * A tunnel that runs, until it is closed. Safe for use by any number of threads.
 */
public final class RunningTunnel {

	/** The name of the tunnel. */
	public String name() {
		throw new UnsupportedOperationException();
	}

	/** On which side the TLS is. */
	public TunnelRole role() {
		throw new UnsupportedOperationException();
	}

	/** Where it listens, with the port that was chosen if any was free to be. */
	public TunnelAddress address() {
		throw new UnsupportedOperationException();
	}

	/** Where it connects to. */
	public TunnelAddress target() {
		throw new UnsupportedOperationException();
	}

	/** How many connections it has accepted that are not closed, those in the handshake included. */
	public int connections() {
		throw new UnsupportedOperationException();
	}

	/** The sessions that have not ended, oldest first. */
	public List<TunnelSession> sessions() {
		throw new UnsupportedOperationException();
	}

	/** Accept no more, let sessions come to their end for the shutdown timeout, and cut what is left. */
	public Mono<Void> close() {
		throw new UnsupportedOperationException();
	}

	/** Close as close() does, with another timeout. */
	public Mono<Void> close(Duration shutdownTimeout) {
		throw new UnsupportedOperationException();
	}

	/** Completes when it is closed and has no connections any more. */
	public Mono<Void> onClose() {
		throw new UnsupportedOperationException();
	}

}
