package dev.mtls.tcp.netty;

import java.net.InetAddress;
import java.nio.channels.ClosedChannelException;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

import dev.mtls.decision.Verdict;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.gate.PendingHandshake;
import dev.mtls.tls.PeerChain;

/**
 * Stands right behind TLS. The peer is admitted by the gate when the handshake is
 * complete, whether the session is new or resumed, before a request byte is read and
 * before the application protocol is chosen. From then on nothing is read from a peer
 * that is no longer admitted. Of a handshake that fails nobody further back hears, since
 * they would log a stack trace for each.
 */
final class GatedChannelHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "mtls.gate";

	private static final Logger logger = Loggers.getLogger(GatedChannelHandler.class);

	private final Gate gate;

	private final InetAddress address;

	private final LingeringClose linger;

	private @Nullable PendingHandshake handshake;

	private @Nullable LiveConnection connection;

	private @Nullable SSLEngine engine;

	private @Nullable SSLSession session;

	GatedChannelHandler(Gate gate, InetAddress address, LingeringClose linger) {
		this.gate = gate;
		this.address = address;
		this.linger = linger;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.handshake = this.gate.handshake(this.address, cutter(context.channel()));
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent completion && this.connection == null) {
			if (!completion.isSuccess()) {
				this.linger.handshakeFailed();
				tellFailure(context, completion.cause());
				return;
			}
			if (!isAdmitted(context)) {
				Transports.close(context.channel());
				return;
			}
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (isStillAdmitted()) {
			context.fireChannelRead(message);
			return;
		}
		ReferenceCountUtil.release(message);
		Transports.reset(context.channel());
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		tellFailure(context, null);
		forget();
		context.fireChannelInactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		forget();
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.connection != null && this.connection.denial() == null) {
			context.fireExceptionCaught(cause);
			return;
		}
		tellFailure(context, cause);
		context.close();
	}

	private boolean isAdmitted(ChannelHandlerContext context) {
		PendingHandshake handshake = this.handshake;
		if (handshake == null || !endHandshake()) {
			return false;
		}
		try {
			SSLEngine engine = context.pipeline().get(SslHandler.class).engine();
			SSLSession session = engine.getSession();
			Runnable cut = cutter(context.channel());
			if (this.gate.connect(PeerChain.of(session), this.address, handshake.session(engine, session),
					(denial) -> cut.run()) instanceof Verdict.Accepted<LiveConnection> accepted) {
				this.engine = engine;
				this.session = session;
				this.connection = accepted.value();
				LiveConnections.set(context.channel(), accepted.value());
				return true;
			}
		}
		catch (RuntimeException ex) {
			logger.error("The gate failed to decide on a connection, which is therefore refused", ex);
		}
		return false;
	}

	private boolean isStillAdmitted() {
		// By renegotiation (RFC 5246, section 7.4.1.1) the peer could become another
		LiveConnection connection = this.connection;
		SSLEngine engine = this.engine;
		return connection != null && engine != null && engine.getSession() == this.session && connection.isAdmitted();
	}

	private void tellFailure(ChannelHandlerContext context, @Nullable Throwable failure) {
		if (endHandshake()) {
			SslHandler tls = context.pipeline().get(SslHandler.class);
			this.gate.handshakeFailed((tls != null) ? tls.engine() : null, this.address,
					(failure instanceof ClosedChannelException) ? null : failure);
		}
	}

	private boolean endHandshake() {
		PendingHandshake handshake = this.handshake;
		this.handshake = null;
		return handshake != null && handshake.ended();
	}

	private void forget() {
		endHandshake();
		if (this.connection != null) {
			this.connection.closed();
		}
	}

	private static Runnable cutter(Channel channel) {
		return () -> channel.eventLoop().execute(() -> Transports.reset(channel));
	}

}
