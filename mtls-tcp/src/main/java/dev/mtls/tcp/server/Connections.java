package dev.mtls.tcp.server;

import java.time.Duration;
import java.util.function.Predicate;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.FutureMono;

import dev.mtls.tcp.netty.Transports;

/**
 * The connections that a server has accepted and that are not closed.
 */
public final class Connections {

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final Sinks.Empty<Void> shutdown = Sinks.empty();

	private final Predicate<Channel> established;

	private volatile boolean shuttingDown;

	/**
	 * Create an empty set.
	 * @param established whether a connection can come to its end when the server shuts
	 * down; one that is still in its handshake cannot
	 */
	public Connections(Predicate<Channel> established) {
		this.established = established;
	}

	/**
	 * Add a connection that was accepted.
	 * @param channel the connection
	 * @return {@code false} if the server is shut down
	 */
	public boolean add(Channel channel) {
		this.channels.add(channel);
		return !this.shuttingDown;
	}

	/**
	 * How many they are.
	 * @return the number
	 */
	public int count() {
		return this.channels.size();
	}

	/**
	 * Completes when the server begins to shut down.
	 * @return completes then
	 */
	public Mono<Void> onShutdown() {
		return this.shutdown.asMono();
	}

	/**
	 * Let connections that are established come to their end, and close what is left.
	 * @param drainTime how long they may go on
	 * @return completes when there are none any more
	 */
	public Mono<Void> drain(Duration drainTime) {
		return Mono.defer(() -> {
			this.shuttingDown = true;
			this.channels.stream().filter(this.established.negate()).forEach(Connections::cut);
			this.shutdown.tryEmitEmpty();
			return closed().timeout(drainTime, Mono.defer(() -> {
				this.channels.forEach(Connections::cut);
				return closed();
			}));
		});
	}

	private Mono<Void> closed() {
		return FutureMono.from(this.channels.newCloseFuture());
	}

	private static void cut(Channel channel) {
		channel.eventLoop().execute(() -> Transports.close(channel));
	}

}
