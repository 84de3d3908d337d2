package dev.mtls.tcp.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;

/**
 * A TCP server that listens, until it is closed. Safe for use by any number of threads.
 */
public final class TcpListener {

	private final DisposableServer server;

	private final Connections connections;

	private final Duration drainTime;

	private final AtomicBoolean closing = new AtomicBoolean();

	private final Sinks.Empty<Void> closed = Sinks.empty();

	/**
	 * Make a listener of a server of Reactor Netty that listens.
	 * @param server the server
	 * @param connections the connections that it has accepted
	 * @param drainTime how long they may go on when it is closed
	 */
	public TcpListener(DisposableServer server, Connections connections, Duration drainTime) {
		this.server = server;
		this.connections = connections;
		this.drainTime = drainTime;
	}

	/**
	 * Where it listens.
	 * @return the address, with the port that was chosen if any was free to be
	 */
	public InetSocketAddress address() {
		return (InetSocketAddress) this.server.address();
	}

	/**
	 * The port at which it listens.
	 * @return the port
	 */
	public int port() {
		return this.server.port();
	}

	/**
	 * How many connections there are, those in the handshake included.
	 * @return the number
	 */
	public int connections() {
		return this.connections.count();
	}

	/**
	 * Accept no more connections, let those that stand come to their end for the drain
	 * time of the server, and close what is left then.
	 * @return completes when there are none any more
	 */
	public Mono<Void> close() {
		return close(this.drainTime);
	}

	/**
	 * Close as {@link #close()} does, with another drain time.
	 * @param drainTime how long connections may go on; zero to close them at once
	 * @return completes when there are none any more
	 */
	public Mono<Void> close(Duration drainTime) {
		return Mono.defer(() -> {
			if (this.closing.compareAndSet(false, true)) {
				this.server.dispose();
				this.server.onDispose()
					.onErrorComplete()
					.then(this.connections.drain(drainTime))
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
		return "TcpListener[%s, %d connections]".formatted(address(), connections());
	}

	/**
	 * How the sockets are waited for.
	 * @return {@code epoll}, {@code kqueue}, {@code io_uring} or {@code NIO}
	 */
	String transport() {
		String channel = this.server.channel().getClass().getSimpleName();
		if (channel.startsWith("Epoll")) {
			return "epoll";
		}
		if (channel.startsWith("KQueue")) {
			return "kqueue";
		}
		return channel.startsWith("IoUring") ? "io_uring" : "NIO";
	}

}
