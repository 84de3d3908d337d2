package dev.mtls.tcp.netty;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Stands behind TLS and knows how a connection ends. Either side may close its output
 * alone: in TLS 1.3 a close_notify ends one direction (RFC 8446, section 6.1), so it
 * becomes an {@link EndOfInput} behind the last bytes. In TLS 1.2 it ends both (RFC 5246,
 * section 7.2.1). An end without it may be one that somebody in between made.
 */
public final class ConnectionEndHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "mtls.end";

	private static final String TLS_1_3 = "TLSv1.3";

	private @Nullable NativeShutdown shutdown;

	private final Sinks.Empty<Void> ended = Sinks.empty();

	private boolean connected;

	private volatile boolean halfCloses;

	private volatile boolean received;

	private boolean closeNotified;

	private volatile boolean inputEnded;

	private volatile @Nullable Throwable failure;

	ConnectionEndHandler() {
	}

	/**
	 * Whether the peer closed its output.
	 * @return whether nothing more comes
	 */
	public boolean isInputEnded() {
		return this.inputEnded;
	}

	/**
	 * Whether the output ended with the input, as it does with TLS 1.2.
	 * @return whether nothing can be sent any more
	 */
	public boolean isOutputEnded() {
		return this.inputEnded && !this.halfCloses;
	}

	/**
	 * Whether the peer has sent anything.
	 * @return whether anything was received, be it read by the user or not
	 */
	public boolean hasReceived() {
		return this.received;
	}

	/**
	 * Completes when the connection is closed, and everybody who receives was told so.
	 * @return completes then
	 */
	public Mono<Void> onEnd() {
		return this.ended.asMono();
	}

	/**
	 * Why this side closed the connection, if it was for a failure.
	 * @return the failure, or {@code null} if it was not
	 */
	public @Nullable Throwable cause() {
		return this.failure;
	}

	/**
	 * Why the connection ended, other than by the will of one of the two sides.
	 * @return the failure, or {@code null} if there is none
	 */
	public @Nullable Throwable failure() {
		if (this.failure != null || this.inputEnded) {
			return this.failure;
		}
		return new SSLException("The connection ended without the close_notify of the peer");
	}

	/**
	 * Reset the connection for a reason, unless there was one before. A close_notify
	 * would tell the peer that what it got is all.
	 * @param channel the connection, on whose event loop this is called
	 * @param failure the reason
	 */
	public void fail(Channel channel, Throwable failure) {
		keep(failure);
		Transports.reset(channel);
	}

	// A close_notify may come right behind the handshake
	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.shutdown = NativeShutdown.of(engine(context));
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent completion && completion.isSuccess()) {
			begin(context);
			context.fireUserEventTriggered(event);
			endInputIfClosed(context);
			return;
		}
		// Reactor Netty would close the connection, and drop what was not asked for yet
		if (event instanceof SslCloseCompletionEvent completion && completion.isSuccess()) {
			this.closeNotified = true;
			endInputIfClosed(context);
			return;
		}
		if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
			inputShutDown(context);
			return;
		}
		context.fireUserEventTriggered(event);
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

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		endInputIfClosed(context);
		context.fireChannelReadComplete();
	}

	// Nobody further back has more to do than to log it
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.connected) {
			fail(context.channel(), cause);
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void begin(ChannelHandlerContext context) {
		SslHandler tls = context.pipeline().get(SslHandler.class);
		NativeShutdown shutdown = this.shutdown;
		this.connected = true;
		if (tls.engine().getSession().getProtocol().equals(TLS_1_3)) {
			this.halfCloses = shutdown != null || !NativeShutdown.isNative(tls.engine());
		}
		else if (shutdown != null) {
			this.shutdown = null;
			if (shutdown.end()) {
				this.closeNotified = true;
				tls.closeOutbound();
			}
		}
	}

	// Netty's native engine says that it is closed with the first that it reads after
	// this side closed its output
	private boolean isInputClosed() {
		NativeShutdown shutdown = this.shutdown;
		return (shutdown != null) ? shutdown.isReceived() : this.closeNotified;
	}

	// Not while what was decrypted before is held until the peer is admitted
	private void endInputIfClosed(ChannelHandlerContext context) {
		if (this.connected && !this.inputEnded && this.failure == null && isInputClosed()) {
			this.inputEnded = true;
			context.fireChannelRead(EndOfInput.INSTANCE);
		}
	}

	// The peer closed its side of the socket. Where it said so before, it may still read
	@SuppressWarnings("FutureReturnValueIgnored")
	private void inputShutDown(ChannelHandlerContext context) {
		if (!this.inputEnded && !isInputClosed()) {
			context.close();
		}
	}

	private void keep(Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	private static SSLEngine engine(ChannelHandlerContext context) {
		return context.pipeline().get(SslHandler.class).engine();
	}

}
