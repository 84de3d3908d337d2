package dev.mtls.tcp.channel.blocking;

/**
 * Uses one channel.
 *
 * @see BlockingListener#serve
 * @see BlockingChannels#stayConnected
 */
@FunctionalInterface
public interface BlockingChannelHandler {

	/**
	 * Use a channel, on a thread of its own. The channel is closed when this returns or
	 * throws.
	 * @param channel the channel
	 * @throws Exception if that fails, which ends this channel only
	 */
	void handle(BlockingChannel channel) throws Exception;

}
