package dev.mtls.tcp.channel;

import java.net.SocketTimeoutException;
import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.channel.frame.PlainFrames;
import dev.mtls.tcp.netty.ConnectionEnd;

/**
 * Puts the handlers of frames into the pipeline of a connection.
 */
final class FrameHandlers {

	private static final String KEY_EXCHANGE = "mtls.key-exchange";

	private static final String ENCODER = "mtls.frame-encoder";

	private static final String DECODER = "mtls.frame-decoder";

	private FrameHandlers() {
	}

	/**
	 * Frame what is sent and received as it is.
	 * @param connection a connection that nobody has received from
	 * @param maxMessageSize the size of the longest message in bytes
	 * @return the frames
	 */
	static Frames plain(Connection connection, int maxMessageSize) {
		Frames frames = new PlainFrames(maxMessageSize);
		connection.addHandlerLast(ENCODER, new FrameEncoder(frames))
			.addHandlerLast(DECODER, new FrameDecoder(frames, endOf(connection.channel())));
		return frames;
	}

	/**
	 * Exchange keys, and encrypt what is sent and received from then on.
	 * @param connection a connection that nobody has received from
	 * @param client the part of the client, or {@code null} for that of the server
	 * @param maxMessageSize the size of the longest message in bytes
	 * @param timeout the time for the exchange
	 * @return the frames, or a {@link ChannelException}, a
	 * {@link SocketTimeoutException}, or what the socket failed with; the connection is
	 * reset then, as it is when the subscription is cancelled
	 */
	static Mono<Frames> encrypted(Connection connection, @Nullable ClientKeyExchange client, int maxMessageSize,
			Duration timeout) {
		ConnectionEnd end = endOf(connection.channel());
		KeyExchangeHandler exchange = new KeyExchangeHandler(client, maxMessageSize, end);
		EventLoop eventLoop = connection.channel().eventLoop();
		connection.addHandlerLast(KEY_EXCHANGE, exchange);
		return exchange.frames()
			.timeout(timeout, Mono.error(() -> timedOut(timeout)))
			.doOnError((failure) -> eventLoop.execute(() -> end.fail(connection.channel(), failure)))
			.doOnCancel(() -> eventLoop.execute(() -> cancel(connection.channel(), end)));
	}

	/**
	 * Put the handlers of frames behind the handler of a key exchange.
	 * @param exchange the handler
	 * @param frames the frames
	 * @param end knows how the connection ends
	 */
	static void addAfter(ChannelHandlerContext exchange, Frames frames, ConnectionEnd end) {
		exchange.pipeline()
			.addAfter(exchange.name(), DECODER, new FrameDecoder(frames, end))
			.addAfter(exchange.name(), ENCODER, new FrameEncoder(frames));
	}

	/**
	 * Whether messages can be sent and received on a connection.
	 * @param channel the connection
	 * @return {@code false} before the key exchange is complete
	 */
	static boolean areIn(Channel channel) {
		return channel.pipeline().get(DECODER) != null;
	}

	private static SocketTimeoutException timedOut(Duration timeout) {
		return new SocketTimeoutException("The peer has not exchanged keys for %d ms".formatted(timeout.toMillis()));
	}

	// Whoever cancels what follows the exchange cancels that too, long after its end
	private static void cancel(Channel channel, ConnectionEnd end) {
		if (!areIn(channel)) {
			end.fail(channel, new ChannelException("The key exchange was cancelled"));
		}
	}

	private static ConnectionEnd endOf(Channel channel) {
		ConnectionEnd end = channel.pipeline().get(ConnectionEnd.class);
		if (end == null) {
			throw new IllegalStateException("Nobody knows how this connection ends");
		}
		return end;
	}

}
