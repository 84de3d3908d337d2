package dev.mtls.boot.rsocket;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import dev.mtls.gate.LiveConnection;
import dev.mtls.tcp.netty.LiveConnections;

/**
 * The connection in the Reactor context in which its first message is read. It comes from
 * the transport: what RSocket tells of a connection, its address, two can have at a time.
 */
final class ConnectionContext {

	private ConnectionContext() {
	}

	/**
	 * The context of a connection.
	 * @param channel the connection
	 * @return the context, which is empty if the gate admitted no such connection
	 */
	static ContextView of(Channel channel) {
		LiveConnection connection = LiveConnections.of(channel);
		return (connection != null) ? Context.of(LiveConnection.class, connection) : Context.empty();
	}

	/**
	 * The connection of a context.
	 * @param context the context
	 * @return the connection, or {@code null} if there is none in it
	 */
	static @Nullable LiveConnection connection(ContextView context) {
		return context.<LiveConnection>getOrEmpty(LiveConnection.class).orElse(null);
	}

}
