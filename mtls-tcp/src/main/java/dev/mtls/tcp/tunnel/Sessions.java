package dev.mtls.tcp.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.tcp.netty.Transports;

/**
 * What a tunnel has accepted: the connections that are not closed, and the sessions of
 * those whose client was admitted.
 */
final class Sessions {

	private static final Logger logger = Loggers.getLogger(MtlsTunnel.class);

	// Of the whole process, so that one line of a log says which is meant
	private static final AtomicLong ids = new AtomicLong();

	private final MtlsTunnel tunnel;

	private final TunnelSessionListener listener;

	private final ChannelGroup accepted = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final AtomicInteger connections = new AtomicInteger();

	private final Map<Long, Session> sessions = new ConcurrentHashMap<>();

	private final LongAdder begun = new LongAdder();

	private final LongAdder bytesToTarget = new LongAdder();

	private final LongAdder bytesToClient = new LongAdder();

	private volatile boolean shuttingDown;

	Sessions(MtlsTunnel tunnel) {
		this.tunnel = tunnel;
		this.listener = tunnel.sessionListener();
	}

	long nextId() {
		return ids.incrementAndGet();
	}

	/**
	 * Add a connection that was accepted.
	 * @param channel the connection
	 * @return {@code false} if there are too many, or the tunnel is shut down
	 */
	boolean accept(Channel channel) {
		if (this.connections.incrementAndGet() > this.tunnel.maxConnections()) {
			this.connections.decrementAndGet();
			tell(refused(channel), this.listener::ended);
			return false;
		}
		channel.closeFuture().addListener((closed) -> this.connections.decrementAndGet());
		this.accepted.add(channel);
		return !this.shuttingDown;
	}

	void begun(Session session) {
		this.sessions.put(session.id(), session);
		this.begun.increment();
		tell(session.toTunnelSession(), this.listener::started);
	}

	void ended(Session session) {
		this.sessions.remove(session.id());
		tell(session.toTunnelSession(), this.listener::ended);
	}

	void received(boolean fromClient, int bytes) {
		(fromClient ? this.bytesToTarget : this.bytesToClient).add(bytes);
	}

	int connections() {
		return this.connections.get();
	}

	long total() {
		return this.begun.sum();
	}

	long bytesToTarget() {
		return this.bytesToTarget.sum();
	}

	long bytesToClient() {
		return this.bytesToClient.sum();
	}

	List<TunnelSession> live() {
		return this.sessions.values()
			.stream()
			.map(Session::toTunnelSession)
			.sorted(Comparator.comparingLong(TunnelSession::id))
			.toList();
	}

	/**
	 * Let sessions come to their end, and cut what is left. Handshakes are cut at once.
	 * @param timeout how long sessions may go on
	 * @return completes when there are none any more
	 */
	Mono<Void> drain(Duration timeout) {
		return Mono.defer(() -> {
			this.shuttingDown = true;
			this.accepted.stream().filter(this::isInHandshake).forEach(Sessions::cut);
			return ended().timeout(timeout, Mono.defer(() -> {
				this.sessions.values().forEach((session) -> session.end(SessionEnd.SHUTDOWN));
				return ended();
			}));
		});
	}

	private TunnelSession refused(Channel channel) {
		return new TunnelSession(nextId(), this.tunnel.name(), Side.textOf(channel.remoteAddress()), null,
				this.tunnel.targetText(), Instant.now(), Duration.ZERO, 0, 0, SessionEnd.CONNECTION_LIMIT, null);
	}

	private boolean isInHandshake(Channel channel) {
		return this.sessions.values().stream().noneMatch((session) -> session.client().channel() == channel);
	}

	private Mono<Void> ended() {
		return FutureMono.from(this.accepted.newCloseFuture())
			.then(Mono.defer(() -> Mono.when(this.sessions.values().stream().map(Session::onEnd).toList())));
	}

	private static void cut(Channel channel) {
		channel.eventLoop().execute(() -> Transports.close(channel));
	}

	private static void tell(TunnelSession session, Consumer<TunnelSession> listener) {
		try {
			listener.accept(session);
		}
		catch (RuntimeException ex) {
			logger.error("[%s] What is told of session %d failed".formatted(session.tunnel(), session.id()), ex);
		}
	}

}
