package dev.mtls.tcp.netty;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

import dev.mtls.gate.LiveConnection;

/**
 * The {@link LiveConnection} that stands behind a channel of Netty.
 */
public final class LiveConnections {

	private static final AttributeKey<LiveConnection> CONNECTION = AttributeKey.valueOf(LiveConnections.class,
			"connection");

	private LiveConnections() {
	}

	/**
	 * Return the connection of a channel.
	 * @param channel the channel, which may be that of an HTTP/2 stream
	 * @return the connection, or {@code null} if the gate admitted none
	 */
	public static @Nullable LiveConnection of(Channel channel) {
		for (Channel candidate = channel; candidate != null; candidate = candidate.parent()) {
			LiveConnection connection = candidate.attr(CONNECTION).get();
			if (connection != null) {
				return connection;
			}
		}
		return null;
	}

	static void set(Channel channel, LiveConnection connection) {
		channel.attr(CONNECTION).set(connection);
	}

}
