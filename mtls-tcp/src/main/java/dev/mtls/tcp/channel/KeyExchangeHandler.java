package dev.mtls.tcp.channel;

import java.io.IOException;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.ClientKeyExchange;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.channel.frame.ServerKeyExchange;
import dev.mtls.tcp.netty.ConnectionEnd;
import dev.mtls.tcp.netty.EndOfInput;

/**
 * Exchanges keys, and gives its place to the handlers of frames when that is complete. It
 * reads on its own, because nobody asks for messages before.
 */
final class KeyExchangeHandler extends ByteToMessageDecoder {

	private final @Nullable ClientKeyExchange client;

	private final int maxMessageSize;

	private final ConnectionEnd end;

	private final Sinks.One<Frames> frames = Sinks.one();

	private boolean ended;

	/**
	 * Create a handler.
	 * @param client the part of the client, or {@code null} for that of the server
	 * @param maxMessageSize the size of the longest message in bytes
	 * @param end knows how the connection ends
	 */
	KeyExchangeHandler(@Nullable ClientKeyExchange client, int maxMessageSize, ConnectionEnd end) {
		this.client = client;
		this.maxMessageSize = maxMessageSize;
		this.end = end;
	}

	/**
	 * The frames of the connection.
	 * @return completes when this side has the key, or with a {@link ChannelException} if
	 * the peer does not keep to the protocol, or what the connection ended with
	 */
	Mono<Frames> frames() {
		return this.frames.asMono();
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored")
	public void handlerAdded(ChannelHandlerContext context) {
		if (this.client != null) {
			context.writeAndFlush(Unpooled.wrappedBuffer(this.client.request()));
		}
		context.read();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message == EndOfInput.INSTANCE) {
			fail(context, new ChannelException("The peer ended the connection within the key exchange"));
		}
		super.channelRead(context, message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) throws Exception {
		super.channelReadComplete(context);
		if (!this.ended) {
			context.read();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		this.ended = true;
		Throwable cause = this.end.cause();
		this.frames.tryEmitError((cause != null) ? cause : unexpectedEnd());
		super.channelInactive(context);
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> messages) {
		int length = (this.client != null) ? ClientKeyExchange.RESPONSE_LENGTH : ServerKeyExchange.REQUEST_LENGTH;
		if (this.ended || input.readableBytes() < length) {
			return;
		}
		byte[] received = new byte[length];
		input.readBytes(received);
		try {
			Frames agreed = (this.client != null) ? this.client.complete(received, this.maxMessageSize)
					: answer(context, received);
			this.ended = true;
			FrameHandlers.addAfter(context, agreed, this.end);
			this.frames.tryEmitValue(agreed);
			context.pipeline().remove(this);
		}
		catch (ChannelException ex) {
			fail(context, ex);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private Frames answer(ChannelHandlerContext context, byte[] request) throws ChannelException {
		ServerKeyExchange exchange = ServerKeyExchange.answer(request, this.maxMessageSize);
		context.writeAndFlush(Unpooled.wrappedBuffer(exchange.response()));
		return exchange.frames();
	}

	// A peer that says nothing may have been shut down just then, so that it is worth
	// while to try again; one that says something else is another one
	private IOException unexpectedEnd() {
		String problem = "The connection ended within the key exchange";
		return (actualReadableBytes() > 0) ? new ChannelException(problem) : new IOException(problem);
	}

	private void fail(ChannelHandlerContext context, ChannelException failure) {
		this.ended = true;
		this.frames.tryEmitError(failure);
		this.end.fail(context.channel(), failure);
	}

}
