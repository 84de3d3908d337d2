package dev.mtls.tcp.channel;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * Sends and receives messages, each of which arrives whole, once and in order, or the
 * channel ends. What that is worth against somebody in between depends on the way it is
 * secured: see {@link SecureChannel} and {@link UnauthenticatedChannel}.
 * <p>
 * Safe for use by any number of threads; what is received goes to one subscriber at a
 * time, on the event loop.
 */
public final class MessageChannel {

	// As long as TLS of Netty waits for its close_notify to be written
	private static final long CLOSING_MILLIS = 3000;

	private final Link link;

	private final Frames frames;

	private final MessageInput input;

	// A connection that is closed has none any more
	private final EventLoop eventLoop;

	MessageChannel(Link link, Frames frames) {
		this.link = link;
		this.frames = frames;
		this.eventLoop = channel().eventLoop();
		this.input = new MessageInput(link.receive(), this.eventLoop);
	}

	/**
	 * Send a message, after everything that was sent before.
	 * @param message the message, which must not change until this completes
	 * @return completes when it was written to the socket. Fails with an
	 * {@link IllegalArgumentException} if it is longer than messages may be, after which
	 * the channel can be used as before, or as {@link #receive()} does
	 */
	public Mono<Void> send(byte[] message) {
		return send(Mono.just(message));
	}

	/**
	 * Send messages, after everything that was sent before.
	 * @param messages the messages. No more are asked for than can be written to the
	 * socket
	 * @return completes when all were written to the socket. Fails as
	 * {@link #send(byte[])} does, or with what the messages failed with
	 */
	public Mono<Void> send(Publisher<byte[]> messages) {
		return this.link.send((messages instanceof Mono<byte[]> one) ? one.doOnNext(this::check)
				: Flux.from(messages).doOnNext(this::check));
	}

	/**
	 * The messages of the peer. Whoever subscribes goes on where the subscriber before
	 * has stopped, so that {@code receive().next()} is the next message. No more is read
	 * from the socket than is asked for.
	 * @return completes when the peer closed the channel, or this side did. Fails with a
	 * {@link ChannelException} if the peer does not keep to the protocol, and as
	 * {@link dev.mtls.tcp.TcpConnection#receive()} does
	 */
	public Flux<byte[]> receive() {
		return this.input;
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} where nobody knows: on an
	 * {@link UnauthenticatedChannel}
	 */
	public @Nullable PeerIdentity peerIdentity() {
		return this.link.peerIdentity();
	}

	/**
	 * The address of the peer.
	 * @return the address
	 */
	public InetSocketAddress remoteAddress() {
		return (InetSocketAddress) channel().remoteAddress();
	}

	/**
	 * Completes when the server is about to be shut down. A handler that ends its work
	 * then loses nothing; the channel is cut when the drain time is over.
	 * @return completes then, and never on the side of the client
	 */
	public Mono<Void> onShutdown() {
		return this.link.onShutdown();
	}

	/**
	 * Completes when the channel is closed, after {@link #receive()} ended or failed.
	 * @return completes then
	 */
	public Mono<Void> onClose() {
		return this.link.onClose();
	}

	/**
	 * Whether the connection of the channel stands.
	 * @return {@code false} once it is closed
	 */
	public boolean isOpen() {
		return channel().isActive();
	}

	/**
	 * Close the channel, and tell the peer that it got all. What was sent and not written
	 * yet is lost; wait for it to be sent before.
	 */
	public void close() {
		// At once where that is possible, so that nobody else closes the connection
		// before
		if (this.eventLoop.inEventLoop()) {
			closeNow();
		}
		else {
			this.eventLoop.execute(this::closeNow);
		}
	}

	/**
	 * Reset the connection, because something failed: the peer is not told that what it
	 * got is all.
	 */
	public void reset() {
		this.link.reset();
	}

	@Override
	public String toString() {
		PeerIdentity identity = peerIdentity();
		return "MessageChannel[%s, %s]".formatted((identity != null) ? identity.displayName() : "unauthenticated",
				channel().remoteAddress());
	}

	/**
	 * Close the channel, and wait for it.
	 * @return completes when it is closed
	 */
	Mono<Void> closed() {
		return Mono.fromRunnable(this::close).then(onClose());
	}

	boolean hasReceived() {
		return this.input.hasReceived();
	}

	// To close the connection at once would lose the frame where this is called by what
	// was sent before, of which the socket is still being given the rest
	private void closeNow() {
		byte[] closing = this.frames.closing();
		if (closing.length == 0 || !channel().isActive()) {
			this.link.close();
			return;
		}
		ChannelFuture written = channel().writeAndFlush(Unpooled.wrappedBuffer(closing));
		if (!written.isDone()) {
			Future<?> bound = this.eventLoop.schedule(this.link::close, CLOSING_MILLIS, TimeUnit.MILLISECONDS);
			written.addListener((done) -> bound.cancel(false));
		}
		written.addListener((done) -> this.link.close());
	}

	private void check(byte[] message) {
		this.frames.lengthOf(message);
	}

	private Channel channel() {
		return this.link.connection().channel();
	}

}
