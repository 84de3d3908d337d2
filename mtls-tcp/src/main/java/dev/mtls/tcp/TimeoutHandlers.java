package dev.mtls.tcp;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import reactor.netty.Connection;

import dev.mtls.tcp.netty.ConnectionEnd;

/**
 * The timeouts of a connection, as handlers that stand behind its TLS.
 */
final class TimeoutHandlers {

	private TimeoutHandlers() {
	}

	static void add(Connection connection, TcpTimeouts timeouts, ConnectionEnd end) {
		if (timeouts.read() != null) {
			connection.addHandlerFirst("mtls.read-timeout", new Read(timeouts.read(), end));
		}
		if (timeouts.write() != null) {
			connection.addHandlerFirst("mtls.write-timeout", new Write(timeouts.write(), end));
		}
		if (timeouts.idle() != null) {
			connection.addHandlerFirst("mtls.idle-timeout", new Idle(timeouts.idle(), end));
		}
	}

	private static IOException timeout(String what, Duration timeout) {
		return new SocketTimeoutException("%s for %d ms".formatted(what, timeout.toMillis()));
	}

	private static final class Read extends ReadTimeoutHandler {

		private final Duration timeout;

		private final ConnectionEnd end;

		private boolean wasAsked = true;

		private Read(Duration timeout, ConnectionEnd end) {
			super(timeout.toMillis(), TimeUnit.MILLISECONDS);
			this.timeout = timeout;
			this.end = end;
		}

		@Override
		protected void readTimedOut(ChannelHandlerContext context) {
			boolean asked = context.channel().config().isAutoRead() && !this.end.isInputEnded();
			// Whoever begins to ask again has the whole time from then on
			if (asked && this.wasAsked) {
				this.end.fail(context.channel(), timeout("The peer sent nothing", this.timeout));
			}
			this.wasAsked = asked;
		}

	}

	private static final class Write extends WriteTimeoutHandler {

		private final Duration timeout;

		private final ConnectionEnd end;

		private Write(Duration timeout, ConnectionEnd end) {
			super(timeout.toMillis(), TimeUnit.MILLISECONDS);
			this.timeout = timeout;
			this.end = end;
		}

		@Override
		protected void writeTimedOut(ChannelHandlerContext context) {
			this.end.fail(context.channel(), timeout("The peer took nothing of what was sent", this.timeout));
		}

	}

	private static final class Idle extends IdleStateHandler {

		private final Duration timeout;

		private final ConnectionEnd end;

		private Idle(Duration timeout, ConnectionEnd end) {
			super(0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
			this.timeout = timeout;
			this.end = end;
		}

		@Override
		protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
			this.end.fail(context.channel(), timeout("Nothing was sent in either direction", this.timeout));
		}

	}

}
