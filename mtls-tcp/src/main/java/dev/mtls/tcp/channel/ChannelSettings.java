package dev.mtls.tcp.channel;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * How channels are made of connections.
 *
 * @param maxMessageSize the size of the longest message in bytes
 * @param keyExchange whether keys are exchanged and frames encrypted
 * @param keyExchangeTimeout the time for that
 */
record ChannelSettings(int maxMessageSize, boolean keyExchange, Duration keyExchangeTimeout) {

	static final Duration KEY_EXCHANGE_TIMEOUT = Duration.ofSeconds(10);

	ChannelSettings {
		Frames.checkMaxMessageSize(maxMessageSize);
	}

	static ChannelSettings of(boolean keyExchange, Duration keyExchangeTimeout) {
		return new ChannelSettings(Frames.DEFAULT_MAX_MESSAGE_SIZE, keyExchange, keyExchangeTimeout);
	}

	ChannelSettings withMaxMessageSize(int maxMessageSize) {
		return new ChannelSettings(maxMessageSize, this.keyExchange, this.keyExchangeTimeout);
	}

	ChannelSettings withKeyExchange() {
		return new ChannelSettings(this.maxMessageSize, true, this.keyExchangeTimeout);
	}

	/**
	 * Open a channel to a client that connected.
	 * @param link the connection
	 * @return the channel
	 */
	Mono<MessageChannel> accept(Link link) {
		return open(link, null);
	}

	/**
	 * Open a channel to a server that was connected to.
	 * @param link the connection
	 * @return the channel
	 */
	Mono<MessageChannel> connect(Link link) {
		return open(link, this.keyExchange ? new ClientKeyExchange() : null);
	}

	private Mono<MessageChannel> open(Link link, @Nullable ClientKeyExchange client) {
		Mono<Frames> frames = this.keyExchange
				? FrameHandlers.encrypted(link.connection(), client, this.maxMessageSize, this.keyExchangeTimeout)
				: Mono.fromSupplier(() -> FrameHandlers.plain(link.connection(), this.maxMessageSize));
		return frames.map((agreed) -> new MessageChannel(link, agreed));
	}

}
