package dev.mtls.tcp.channel;

import org.reactivestreams.Publisher;

/**
 * Handles a channel that is open.
 */
@FunctionalInterface
public interface MessageHandler {

	/**
	 * Handle a channel. Called on the event loop of its connection, which must not be
	 * blocked.
	 * @param channel the channel
	 * @return completes when the channel is to be closed, after what was sent by then; a
	 * failure resets it, so that the peer does not take what it got for all
	 */
	Publisher<Void> handle(MessageChannel channel);

}
