package dev.mtls.tcp.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Stands in the pipeline of a connection and knows how that ends. The end of what the
 * peer sends becomes an {@link EndOfInput} behind its last bytes where the peer has
 * announced it; any other end may be one that somebody in between made.
 */
public abstract class ConnectionEnd extends ChannelInboundHandlerAdapter {

	private final Sinks.Empty<Void> ended = Sinks.empty();

	private volatile boolean received;

	private volatile boolean inputEnded;

	private volatile @Nullable Throwable failure;

	/**
	 * Whether the peer closed its output.
	 * @return whether nothing more comes
	 */
	public final boolean isInputEnded() {
		return this.inputEnded;
	}

	/**
	 * Whether the output ended with the input.
	 * @return whether nothing can be sent any more
	 */
	public abstract boolean isOutputEnded();

	/**
	 * Whether the peer has sent anything.
	 * @return whether anything was received, be it read by the user or not
	 */
	public final boolean hasReceived() {
		return this.received;
	}

	/**
	 * Completes when the connection is closed, and everybody who receives was told so.
	 * @return completes then
	 */
	public final Mono<Void> onEnd() {
		return this.ended.asMono();
	}

	/**
	 * Why this side closed the connection, if it was for a failure.
	 * @return the failure, or {@code null} if it was not
	 */
	public final @Nullable Throwable cause() {
		return this.failure;
	}

	/**
	 * Why the connection ended, other than by the will of one of the two sides.
	 * @return the failure, or {@code null} if there is none
	 */
	public final @Nullable Throwable failure() {
		Throwable failure = this.failure;
		return (failure != null || this.inputEnded) ? failure : unannounced();
	}

	/**
	 * Reset the connection for a reason, unless there was one before. To close it in
	 * order would tell the peer that what it got is all.
	 * @param channel the connection, on whose event loop this is called
	 * @param failure the reason
	 */
	public final void fail(Channel channel, Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
		Transports.reset(channel);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		context.fireChannelInactive();
		this.ended.tryEmitEmpty();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!this.received) {
			this.received = true;
		}
		context.fireChannelRead(message);
	}

	// Nobody further back has more to do than to log it
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (isConnected()) {
			// Netty fails to read on from a socket that is just being closed
			if (context.channel().isOpen()) {
				fail(context.channel(), cause);
			}
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	/**
	 * Whether the connection has come so far that whoever has it is told of failures.
	 * @return {@code false} while failures are those of whoever connects
	 */
	protected abstract boolean isConnected();

	/**
	 * What to fail with where the connection ended and the peer has not announced it.
	 * @return the failure
	 */
	protected abstract Throwable unannounced();

	/**
	 * Note that the peer has announced that nothing more comes.
	 */
	public final void inputEnds() {
		this.inputEnded = true;
	}

}
