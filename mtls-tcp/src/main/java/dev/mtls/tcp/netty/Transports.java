package dev.mtls.tcp.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Ends connections at their transport, where no handler is asked first: HTTP/2 would let
 * its streams finish, and TLS would wait for its close_notify to be taken. To be called
 * on the event loop of the connection.
 */
public final class Transports {

	private static final Logger logger = Loggers.getLogger(Transports.class);

	private Transports() {
	}

	/**
	 * Close a connection. What was written to its socket is still sent.
	 * @param channel the connection
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	public static void close(Channel channel) {
		ChannelHandlerContext first = channel.pipeline().firstContext();
		if (first != null) {
			first.close();
		}
	}

	/**
	 * Close a connection with a reset. What was written to its socket and not sent yet is
	 * lost.
	 * @param channel the connection
	 */
	public static void reset(Channel channel) {
		try {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
		}
		catch (ChannelException ex) {
			logger.debug("A connection is closed without a reset", ex);
		}
		close(channel);
	}

}
