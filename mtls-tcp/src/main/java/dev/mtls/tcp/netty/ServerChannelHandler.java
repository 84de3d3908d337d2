package dev.mtls.tcp.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.BiFunction;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.PeerRefusedException;

/**
 * Stands right behind TLS. The server is admitted by the gate when the handshake is
 * complete, whether the session is new or resumed, before the application protocol is
 * chosen and a request is sent. For all that stands behind, a refusal is a handshake that
 * failed, so that the request fails with the reason.
 */
final class ServerChannelHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "mtls.gate";

	private final Gate gate;

	private final ServerAdmission admission;

	private final BiFunction<ChannelPipeline, SSLException, Throwable> cutFailure;

	private @Nullable PendingHandshake handshake;

	private boolean handshakeEnded;

	private @Nullable LiveConnection connection;

	ServerChannelHandler(Gate gate, ServerAdmission admission,
			BiFunction<ChannelPipeline, SSLException, Throwable> cutFailure) {
		this.gate = gate;
		this.admission = admission;
		this.cutFailure = cutFailure;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.handshake = this.gate.handshake(addressOf(context),
				() -> context.executor().execute(() -> timedOut(context)));
		context.fireChannelActive();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (!(event instanceof SslHandshakeCompletionEvent completion)) {
			context.fireUserEventTriggered(event);
		}
		else if (endHandshake()) {
			if (completion.isSuccess()) {
				admit(context, completion);
			}
			else {
				tellFailure(context, completion.cause());
				context.fireUserEventTriggered(completion);
			}
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (endHandshake()) {
			// While it was asked whether the certificate is revoked
			ClosedChannelException failure = new ClosedChannelException();
			tellFailure(context, failure);
			context.fireUserEventTriggered(new SslHandshakeCompletionEvent(failure));
		}
		forget();
		context.fireChannelInactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		endHandshake();
		forget();
	}

	private void admit(ChannelHandlerContext context, SslHandshakeCompletionEvent completion) {
		try {
			SSLEngine engine = engine(context);
			SSLSession session = engine.getSession();
			TlsSession tls = (this.handshake != null) ? this.handshake.session(engine, session) : null;
			this.connection = this.admission.admit(session, tls, hostOf(context), addressOf(context),
					(denial) -> context.executor().execute(() -> cut(context, denial)));
			LiveConnections.set(context.channel(), this.connection);
		}
		catch (SSLException | RuntimeException ex) {
			refuse(context, ex);
			return;
		}
		context.fireUserEventTriggered(completion);
	}

	private void timedOut(ChannelHandlerContext context) {
		if (context.isRemoved()) {
			return;
		}
		this.handshakeEnded = true;
		refuse(context,
				new PeerRefusedException(hostOf(context),
						new Decision.Deny(Reason.HANDSHAKE_TIMEOUT, "the handshake was not complete after %d ms"
							.formatted(this.gate.settings().handshakeTimeout().toMillis()))));
	}

	private static void refuse(ChannelHandlerContext context, Exception refusal) {
		context.fireUserEventTriggered(new SslHandshakeCompletionEvent(refusal));
		Transports.reset(context.channel());
	}

	private void cut(ChannelHandlerContext context, Decision.Deny denial) {
		if (context.isRemoved()) {
			return;
		}
		Channel channel = context.channel();
		if (channel.isActive()) {
			context.fireExceptionCaught(
					this.cutFailure.apply(channel.pipeline(), new PeerRefusedException(hostOf(context), denial)));
		}
		Transports.reset(channel);
	}

	private void tellFailure(ChannelHandlerContext context, Throwable failure) {
		this.gate.handshakeFailed(engine(context), addressOf(context),
				(failure instanceof ClosedChannelException) ? null : failure);
	}

	private boolean endHandshake() {
		if (this.handshakeEnded) {
			return false;
		}
		this.handshakeEnded = true;
		return this.handshake == null || this.handshake.ended();
	}

	private void forget() {
		if (this.connection != null) {
			this.connection.closed();
		}
	}

	private static SSLEngine engine(ChannelHandlerContext context) {
		return context.pipeline().get(SslHandler.class).engine();
	}

	private static String hostOf(ChannelHandlerContext context) {
		SSLEngine engine = engine(context);
		return "%s:%d".formatted(engine.getPeerHost(), engine.getPeerPort());
	}

	private static @Nullable InetAddress addressOf(ChannelHandlerContext context) {
		return (context.channel().remoteAddress() instanceof InetSocketAddress address) ? address.getAddress() : null;
	}

}
