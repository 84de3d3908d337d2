package dev.mtls.tcp.tunnel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import dev.mtls.gate.LiveConnection;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.netty.LiveConnections;

/**
 * A connection that a tunnel has accepted, and the one that it makes for it. Both are on
 * one event loop, on which everything here is called unless it says otherwise.
 */
final class Session implements SideListener {

	private final MtlsTunnel tunnel;

	private final Sessions sessions;

	private final TargetConnector connector;

	private final long id;

	private final Instant started = Instant.now();

	private final long startedNanos = System.nanoTime();

	private final EventLoop eventLoop;

	private final Side client;

	private final List<Future<?>> timers = new ArrayList<>(2);

	private final Sinks.Empty<Void> ended = Sinks.empty();

	private @Nullable Disposable connecting;

	private boolean begun;

	private boolean inputEnded;

	private long receivedNanos = this.startedNanos;

	private volatile @Nullable Side target;

	private volatile @Nullable String peer;

	private volatile @Nullable SessionCause cause;

	Session(MtlsTunnel tunnel, Sessions sessions, TargetConnector connector, Channel accepted) {
		this.tunnel = tunnel;
		this.sessions = sessions;
		this.connector = connector;
		this.id = sessions.nextId();
		this.eventLoop = accepted.eventLoop();
		this.client = new Side(accepted, this);
	}

	long id() {
		return this.id;
	}

	Side client() {
		return this.client;
	}

	EventLoop eventLoop() {
		return this.eventLoop;
	}

	/**
	 * The client is connected.
	 * @param side the side of the client
	 */
	@Override
	public void connected(Side side) {
		this.begun = true;
		this.peer = peerOf(side);
		side.pause();
		this.sessions.begun(this);
		Duration lifetime = this.tunnel.timeouts().lifetime();
		if (lifetime != null) {
			schedule(() -> end(SessionCause.of(SessionEnd.LIFETIME)), lifetime.toNanos());
		}
		this.connecting = this.connector.connect(this.eventLoop)
			.subscribe((connected) -> run(() -> connectedTarget(connected)),
					(failure) -> run(() -> end(SessionCause.ofConnect(failure))));
	}

	@Override
	public void failed(Side side, Throwable failure) {
		end(causeOf(side, failure));
	}

	@Override
	public void closed(Side side) {
		if (!side.isOver()) {
			end(causeOf(side, side.failure()));
		}
		tellEnd();
	}

	@Override
	public void received(Side side, int bytes) {
		this.receivedNanos = System.nanoTime();
		this.sessions.received(side == this.client, bytes);
	}

	@Override
	public void inputEnded() {
		if (!this.inputEnded && this.target != null) {
			this.inputEnded = true;
			endWhenQuiet(this.tunnel.timeouts().close(), SessionEnd.CLOSE_TIMEOUT);
		}
	}

	@Override
	public void outputEnded() {
		Side target = this.target;
		if (target != null && this.client.isPassedOn() && target.isPassedOn()) {
			end(SessionCause.of(SessionEnd.COMPLETE));
		}
	}

	/**
	 * End the session, unless it has ended. For any thread.
	 * @param end why
	 */
	void end(SessionEnd end) {
		this.eventLoop.execute(() -> end(SessionCause.of(end)));
	}

	/**
	 * Completes when the session has ended.
	 * @return completes then
	 */
	Mono<Void> onEnd() {
		return this.ended.asMono();
	}

	/**
	 * The session as it is, for any thread.
	 * @return the session
	 */
	TunnelSession toTunnelSession() {
		Side target = this.target;
		SessionCause cause = this.cause;
		return new TunnelSession(this.id, this.tunnel.name(), this.client.peerAddress(), this.peer,
				this.tunnel.targetText(), this.started, Duration.ofNanos(System.nanoTime() - this.startedNanos),
				this.client.received(), (target != null) ? target.received() : 0, (cause != null) ? cause.end() : null,
				(cause != null) ? cause.detail() : null);
	}

	private void connectedTarget(Side target) {
		if (this.cause != null) {
			target.close(false);
			return;
		}
		this.target = target;
		target.tell(this);
		if (target.hasTls()) {
			this.peer = peerOf(target);
		}
		Duration idle = this.tunnel.timeouts().idle();
		if (idle != null) {
			endWhenQuiet(idle, SessionEnd.IDLE_TIMEOUT);
		}
		if (this.tunnel.sendsProxyHeader()) {
			ProxyHeader.write(this.client.channel(), target.channel());
		}
		target.passTo(this.client);
		this.client.passTo(target);
		if (this.client.isInputEnded() || target.isInputEnded()) {
			inputEnded();
		}
	}

	private void end(SessionCause cause) {
		if (this.cause != null) {
			return;
		}
		this.cause = cause;
		this.timers.forEach((timer) -> timer.cancel(false));
		if (this.connecting != null) {
			this.connecting.dispose();
		}
		boolean inOrder = cause.end() == SessionEnd.COMPLETE;
		this.client.close(inOrder);
		Side target = this.target;
		if (target != null) {
			target.close(inOrder);
		}
	}

	private void tellEnd() {
		Side target = this.target;
		if (this.begun && !this.client.isOpen() && (target == null || !target.isOpen())
				&& this.ended.tryEmitEmpty() == Sinks.EmitResult.OK) {
			this.sessions.ended(this);
		}
	}

	private SessionCause causeOf(Side side, @Nullable Throwable failure) {
		return (side == this.client) ? SessionCause.ofClient(side, failure) : SessionCause.ofTarget(side, failure);
	}

	private void endWhenQuiet(Duration timeout, SessionEnd end) {
		this.receivedNanos = System.nanoTime();
		checkQuiet(timeout.toNanos(), end, pendingBytes(), timeout.toNanos());
	}

	private void checkQuiet(long timeout, SessionEnd end, long pendingBefore, long delay) {
		schedule(() -> {
			long quiet = System.nanoTime() - this.receivedNanos;
			long pending = pendingBytes();
			if (quiet < timeout) {
				checkQuiet(timeout, end, pending, timeout - quiet);
			}
			else if (pending < pendingBefore) {
				// What a slow reader takes is progress too
				checkQuiet(timeout, end, pending, timeout);
			}
			else {
				end(SessionCause.of(end));
			}
		}, delay);
	}

	private long pendingBytes() {
		Side target = this.target;
		return this.client.pendingBytes() + ((target != null) ? target.pendingBytes() : 0);
	}

	private void schedule(Runnable task, long nanos) {
		if (this.cause == null) {
			this.timers.removeIf(Future::isDone);
			this.timers.add(this.eventLoop.schedule(task, nanos, TimeUnit.NANOSECONDS));
		}
	}

	private void run(Runnable task) {
		if (this.eventLoop.inEventLoop()) {
			task.run();
		}
		else {
			this.eventLoop.execute(task);
		}
	}

	private static @Nullable String peerOf(Side side) {
		LiveConnection connection = LiveConnections.of(side.channel());
		PeerIdentity identity = (connection != null) ? connection.identity() : null;
		return (identity != null) ? identity.displayName() : null;
	}

}
