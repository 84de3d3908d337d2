package dev.mtls.benchmarks;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Sends one byte after the handshake, and ends when it comes back: a server that refuses
 * its client does so after the client's own handshake.
 */
final class OneByte extends ChannelInboundHandlerAdapter {

	private final Semaphore permits;

	private final AtomicInteger failures;

	private final boolean stay;

	private boolean ended;

	OneByte(Semaphore permits, AtomicInteger failures, boolean stay) {
		this.permits = permits;
		this.failures = failures;
		this.stay = stay;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent completion && completion.isSuccess()) {
			context.writeAndFlush(context.alloc().buffer(1).writeByte(1));
		}
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void channelRead(ChannelHandlerContext context, Object message) {
		ReferenceCountUtil.release(message);
		if (this.stay) {
			end();
		}
		else {
			context.close();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		end();
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.failures.incrementAndGet();
		context.close();
	}

	private void end() {
		if (!this.ended) {
			this.ended = true;
			this.permits.release();
		}
	}

}
