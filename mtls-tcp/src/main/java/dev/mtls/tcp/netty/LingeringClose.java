package dev.mtls.tcp.netty;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands before TLS, and lets a peer whose handshake failed read its alert. Netty closes
 * the socket behind the alert; while the peer still sends, that is a reset, which takes
 * the alert away. So only the output is closed at first, and what comes is dropped until
 * the peer closes too or a second is over.
 */
final class LingeringClose extends ChannelDuplexHandler {

	static final String NAME = "mtls.linger";

	private static final long MILLIS = 1000;

	private boolean handshakeFailed;

	private boolean lingering;

	/**
	 * To be called when the handshake failed, before the connection is closed.
	 */
	void handshakeFailed() {
		this.handshakeFailed = true;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (!this.handshakeFailed || !(context.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
			context.close(promise);
			return;
		}
		channel.closeFuture().addListener((closed) -> promise.trySuccess());
		if (!this.lingering) {
			this.lingering = true;
			channel.shutdownOutput();
			context.executor().schedule(() -> Transports.close(channel), MILLIS, TimeUnit.MILLISECONDS);
			context.read();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.lingering) {
			ReferenceCountUtil.release(message);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.lingering) {
			context.read();
		}
		else {
			context.fireChannelReadComplete();
		}
	}

}
