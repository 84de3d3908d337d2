package dev.mtls.tcp;

import org.reactivestreams.Publisher;

/**
 * Handles a connection whose peer was admitted.
 */
@FunctionalInterface
public interface TcpConnectionHandler {

	/**
	 * Handle a connection. Called on the event loop of the connection, which must not be
	 * blocked.
	 * @param connection the connection
	 * @return completes when the connection is to be closed, after what was sent by then;
	 * a failure resets it, so that the peer does not take what it got for all
	 */
	Publisher<Void> handle(TcpConnection connection);

}
