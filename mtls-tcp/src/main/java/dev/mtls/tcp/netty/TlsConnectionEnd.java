package dev.mtls.tcp.netty;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind TLS and knows how a connection ends. Either side may close its output
 * alone: in TLS 1.3 a close_notify ends one direction (RFC 8446, section 6.1), so it
 * becomes an {@link EndOfInput} behind the last bytes. In TLS 1.2 it ends both (RFC 5246,
 * section 7.2.1). An end without it may be one that somebody in between made.
 */
public final class TlsConnectionEnd extends ConnectionEnd {

	static final String NAME = "mtls.end";

	private static final String TLS_1_3 = "TLSv1.3";

	private @Nullable NativeShutdown shutdown;

	private boolean connected;

	private volatile boolean halfCloses;

	private boolean closeNotified;

	TlsConnectionEnd() {
	}

	// As it does with TLS 1.2
	@Override
	public boolean isOutputEnded() {
		return isInputEnded() && !this.halfCloses;
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
	public void channelReadComplete(ChannelHandlerContext context) {
		endInputIfClosed(context);
		context.fireChannelReadComplete();
	}

	@Override
	protected boolean isConnected() {
		return this.connected;
	}

	@Override
	protected Throwable unannounced() {
		return new SSLException("The connection ended without the close_notify of the peer");
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
		if (this.connected && !isInputEnded() && cause() == null && isInputClosed()) {
			inputEnds();
			context.fireChannelRead(EndOfInput.INSTANCE);
		}
	}

	// The peer closed its side of the socket. Where it said so before, it may still read
	@SuppressWarnings("FutureReturnValueIgnored")
	private void inputShutDown(ChannelHandlerContext context) {
		if (!isInputEnded() && !isInputClosed()) {
			context.close();
		}
	}

	private static SSLEngine engine(ChannelHandlerContext context) {
		return context.pipeline().get(SslHandler.class).engine();
	}

}
