package dev.mtls.tcp.netty;

import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * What is received from a connection and sent over it, such that whoever does learns how
 * it ended.
 */
public final class ConnectionStreams {

	private final Connection connection;

	// A channel that is closed has none any more
	private final EventLoop eventLoop;

	private final ConnectionEnd end;

	private final Supplier<@Nullable Throwable> refusal;

	private volatile boolean closed;

	private volatile boolean outputClosed;

	private volatile boolean inputRead;

	/**
	 * Create streams.
	 * @param connection the connection
	 * @param end knows how it ends
	 * @param refusal gives the reason if the peer is no longer admitted
	 */
	public ConnectionStreams(Connection connection, ConnectionEnd end, Supplier<@Nullable Throwable> refusal) {
		this.connection = connection;
		this.eventLoop = connection.channel().eventLoop();
		this.end = end;
		this.refusal = refusal;
	}

	/**
	 * What the pipeline makes of what the peer sends, with {@link EndOfInput} behind it.
	 * @return the messages, of which no more are read than are asked for
	 */
	public Flux<Object> input() {
		return this.connection.inbound().receiveObject().cast(Object.class);
	}

	/**
	 * The same until its end.
	 * @param input the input
	 * @return completes when the peer closed its output, or this side the connection, and
	 * fails if the connection ended otherwise
	 */
	public Flux<Object> receive(Flux<Object> input) {
		return input.takeWhile((message) -> message != EndOfInput.INSTANCE).concatWith(Mono.defer(this::end));
	}

	/**
	 * Have something that is sent fail with the reason.
	 * @param sent completes or fails as the socket does
	 * @return fails as receiving does
	 */
	public Mono<Void> send(Mono<Void> sent) {
		return sent.onErrorMap(this::reason);
	}

	/**
	 * Note that the peer was told that nothing more is sent.
	 */
	public void outputClosed() {
		this.outputClosed = true;
		closeIfBothEnded();
	}

	/**
	 * Whether something can be received and sent.
	 * @return {@code false} if one direction is closed
	 */
	public boolean areOpen() {
		return channel().isActive() && !this.outputClosed && !this.end.isInputEnded();
	}

	/**
	 * Close the connection, by this side's will.
	 */
	public void close() {
		this.closed = true;
		this.connection.dispose();
	}

	/**
	 * Reset the connection, by this side's will.
	 */
	public void reset() {
		this.closed = true;
		this.eventLoop.execute(() -> Transports.reset(channel()));
	}

	private Channel channel() {
		return this.connection.channel();
	}

	// Not before what came was read: Reactor Netty drops what nobody asked for by then
	private void closeIfBothEnded() {
		if (this.inputRead && this.end.isInputEnded() && (this.outputClosed || this.end.isOutputEnded())) {
			this.connection.dispose();
		}
	}

	// Of what the socket fails with, this is the reason
	private Throwable reason(Throwable failure) {
		Throwable refused = this.refusal.get();
		if (refused != null) {
			return refused;
		}
		Throwable cause = this.end.cause();
		return (cause != null) ? cause : failure;
	}

	private Mono<Object> end() {
		Throwable refused = this.refusal.get();
		if (refused != null) {
			return Mono.error(refused);
		}
		this.inputRead = true;
		closeIfBothEnded();
		Throwable failure = this.closed ? null : this.end.failure();
		return (failure != null) ? Mono.error(failure) : Mono.empty();
	}

}
