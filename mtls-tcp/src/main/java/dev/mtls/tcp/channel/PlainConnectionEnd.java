package dev.mtls.tcp.channel;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.netty.ConnectionEnd;

/**
 * Knows how a connection without TLS ends: a frame announces it.
 */
final class PlainConnectionEnd extends ConnectionEnd {

	@Override
	public boolean isOutputEnded() {
		return false;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
			// Reactor Netty would close the connection, and drop what was not asked for
			if (!isInputEnded()) {
				context.close();
			}
			return;
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	protected boolean isConnected() {
		return true;
	}

	@Override
	protected Throwable unannounced() {
		return new ChannelException(
				"The connection ended and the peer had not closed the channel, " + "so something may be missing");
	}

}
