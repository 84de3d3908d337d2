package dev.mtls.tcp.netty;

import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

import dev.mtls.tls.PeerChain;

/**
 * Stands between TLS and the gate until it is known whether the peer's certificate is
 * revoked. Meanwhile nothing is read; what was decrypted with the end of the handshake is
 * held.
 */
final class RevocationChannelHandler extends ChannelDuplexHandler {

	static final String NAME = "mtls.revocation";

	// More than one read of a socket decrypts
	private static final int MAX_HELD = 64;

	private final Function<List<X509Certificate>, CompletableFuture<Void>> revocation;

	private final Deque<Object> held = new ArrayDeque<>();

	private boolean holding;

	private boolean readRequested;

	RevocationChannelHandler(Function<List<X509Certificate>, CompletableFuture<Void>> revocation) {
		this.revocation = revocation;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (!(event instanceof SslHandshakeCompletionEvent completion) || !completion.isSuccess()) {
			context.fireUserEventTriggered(event);
			return;
		}
		SslHandler tls = context.pipeline().get(SslHandler.class);
		CompletableFuture<Void> answer = this.revocation.apply(PeerChain.of(tls.engine().getSession()));
		if (answer.isDone()) {
			end(context, event);
			return;
		}
		boolean autoRead = context.channel().config().isAutoRead();
		context.channel().config().setAutoRead(false);
		this.holding = true;
		answer.thenRunAsync(() -> end(context, event, autoRead), context.executor());
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!this.holding) {
			context.fireChannelRead(message);
			return;
		}
		this.held.add(message);
		if (this.held.size() > MAX_HELD) {
			Transports.reset(context.channel());
		}
	}

	@Override
	public void read(ChannelHandlerContext context) {
		if (this.holding) {
			this.readRequested = true;
			return;
		}
		context.read();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.holding = false;
		this.held.forEach(ReferenceCountUtil::release);
		this.held.clear();
	}

	private void end(ChannelHandlerContext context, Object event, boolean autoRead) {
		Channel channel = context.channel();
		if (context.isRemoved() || !channel.isActive()) {
			return;
		}
		this.holding = false;
		context.fireUserEventTriggered(event);
		while (!this.held.isEmpty()) {
			context.fireChannelRead(this.held.remove());
		}
		context.fireChannelReadComplete();
		channel.config().setAutoRead(autoRead);
		if (this.readRequested) {
			context.read();
		}
		remove(context);
	}

	private void end(ChannelHandlerContext context, Object event) {
		context.fireUserEventTriggered(event);
		remove(context);
	}

	private void remove(ChannelHandlerContext context) {
		if (!context.isRemoved()) {
			context.pipeline().remove(this);
		}
	}

}
