package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Accepts the connections of a listener.
 */
interface Acceptor {

	/**
	 * Wait for the next connection.
	 * @return the connection, whose peer may have said nothing yet
	 * @throws java.nio.channels.ClosedChannelException if this is closed
	 * @throws IOException if the thread is interrupted, where that can be noticed
	 */
	Transport accept() throws IOException;

	/**
	 * Serve every connection on a thread of its own until this is closed.
	 * @param handler serves one connection, and closes it
	 */
	void serve(Handler handler);

	InetSocketAddress localAddress();

	/**
	 * Accept nothing more.
	 */
	void close();

	/**
	 * Accept nothing more, and wait until no connection is left.
	 * @param drain how long to wait, after which those that are left are cut
	 */
	void close(Duration drain);

	/**
	 * Serves a connection.
	 */
	@FunctionalInterface
	interface Handler {

		void handle(Transport transport) throws Exception;

	}

}
