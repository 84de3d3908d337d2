package dev.mtls.tcp.server;

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.FutureMono;

import dev.mtls.tcp.netty.LiveConnections;
import dev.mtls.tcp.netty.Transports;

/**
 * The connections that a server has accepted and that are not closed.
 */
final class Connections {

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final Sinks.Empty<Void> shutdown = Sinks.empty();

	private volatile boolean shuttingDown;

	/**
	 * Add a connection that was accepted.
	 * @param channel the connection
	 * @return {@code false} if the server is shut down
	 */
	boolean add(Channel channel) {
		this.channels.add(channel);
		return !this.shuttingDown;
	}

	int count() {
		return this.channels.size();
	}

	/**
	 * Completes when the server begins to shut down.
	 * @return completes then
	 */
	Mono<Void> onShutdown() {
		return this.shutdown.asMono();
	}

	/**
	 * Let connections whose peer was admitted come to their end, and close what is left.
	 * @param drainTime how long they may go on
	 * @return completes when there are none any more
	 */
	Mono<Void> drain(Duration drainTime) {
		return Mono.defer(() -> {
			this.shuttingDown = true;
			this.channels.stream().filter((channel) -> LiveConnections.of(channel) == null).forEach(Connections::cut);
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
