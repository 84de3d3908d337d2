package dev.mtls.tcp.tunnel;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.Channel;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.FutureMono;

/**
 * A tunnel that runs, until it is closed. Safe for use by any number of threads.
 */
public final class RunningTunnel {

	private final MtlsTunnel tunnel;

	private final TunnelAddress address;

	private final TunnelAddress target;

	private final Channel listening;

	private final Sessions sessions;

	private final AtomicBoolean closing = new AtomicBoolean();

	private final Sinks.Empty<Void> closed = Sinks.empty();

	RunningTunnel(MtlsTunnel tunnel, TunnelAddress address, TunnelAddress target, Channel listening,
			Sessions sessions) {
		this.tunnel = tunnel;
		this.address = address;
		this.target = target;
		this.listening = listening;
		this.sessions = sessions;
	}

	/**
	 * The name of the tunnel.
	 * @return the name
	 */
	public String name() {
		return this.tunnel.name();
	}

	/**
	 * On which side the TLS is.
	 * @return the role
	 */
	public TunnelRole role() {
		return this.tunnel.role();
	}

	/**
	 * Where it listens.
	 * @return the address, with the port that was chosen if any was free to be
	 */
	public TunnelAddress address() {
		return this.address;
	}

	/**
	 * Where it connects to.
	 * @return the address
	 */
	public TunnelAddress target() {
		return this.target;
	}

	/**
	 * Whether it accepts connections.
	 * @return {@code false} once it is being closed
	 */
	public boolean isListening() {
		return this.listening.isActive();
	}

	/**
	 * How many connections it has accepted that are not closed, those in the handshake
	 * included.
	 * @return the number
	 */
	public int connections() {
		return this.sessions.connections();
	}

	/**
	 * The sessions that have not ended.
	 * @return the sessions as they are, oldest first
	 */
	public List<TunnelSession> sessions() {
		return this.sessions.live();
	}

	/**
	 * How many sessions there have been.
	 * @return the number, those included that have not ended
	 */
	public long totalSessions() {
		return this.sessions.total();
	}

	/**
	 * How much was passed on to the target in all.
	 * @return the number of bytes of plain text
	 */
	public long bytesToTarget() {
		return this.sessions.bytesToTarget();
	}

	/**
	 * How much was passed back to clients in all.
	 * @return the number of bytes of plain text
	 */
	public long bytesToClient() {
		return this.sessions.bytesToClient();
	}

	/**
	 * Accept no more connections, let sessions come to their end for the shutdown timeout
	 * of the tunnel, and cut what is left then.
	 * @return completes when there are none any more
	 */
	public Mono<Void> close() {
		return close(this.tunnel.timeouts().shutdown());
	}

	/**
	 * Close as {@link #close()} does, with another timeout.
	 * @param shutdownTimeout how long sessions may go on; zero to cut them at once
	 * @return completes when there are none any more
	 */
	public Mono<Void> close(Duration shutdownTimeout) {
		return Mono.defer(() -> {
			if (this.closing.compareAndSet(false, true)) {
				FutureMono.from(this.listening.close())
					.onErrorComplete()
					.then(Mono.fromRunnable(this::removeSocket))
					.then(this.sessions.drain(shutdownTimeout))
					.subscribe(null, (failure) -> this.closed.tryEmitError(failure), this.closed::tryEmitEmpty);
			}
			return onClose();
		});
	}

	/**
	 * Completes when this is closed and has no connections any more.
	 * @return completes then
	 */
	public Mono<Void> onClose() {
		return this.closed.asMono();
	}

	@Override
	public String toString() {
		return "RunningTunnel[%s, %s, %d connections]".formatted(name(), this.address, connections());
	}

	private void removeSocket() {
		if (this.address instanceof TunnelAddress.UnixDomain unix) {
			UnixDomainSockets.remove(unix.path());
		}
	}

}
