package dev.mtls.tcp.channel;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;
import dev.mtls.tcp.netty.ConnectionEnd;
import dev.mtls.tcp.netty.EndOfInput;

/**
 * Makes a message of each frame. Whatever is wrong with one resets the connection, and
 * nothing behind it is read. Memory for a frame is taken as its bytes come, and not when
 * its length does.
 */
final class FrameDecoder extends ByteToMessageDecoder {

	private static final int NONE = -2;

	private final Frames frames;

	private final ConnectionEnd end;

	private int bodyLength = NONE;

	private boolean closed;

	FrameDecoder(Frames frames, ConnectionEnd end) {
		this.frames = frames;
		this.end = end;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		ChannelException failure = (message == EndOfInput.INSTANCE && !this.closed) ? unexpectedEnd() : null;
		if (failure != null) {
			fail(context, failure);
			return;
		}
		super.channelRead(context, message);
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> messages) {
		try {
			if (this.closed) {
				input.skipBytes(input.readableBytes());
				return;
			}
			if (this.bodyLength == NONE && input.readableBytes() >= Frames.HEADER) {
				this.bodyLength = this.frames.bodyLength(input.readInt());
			}
			if (this.bodyLength == -1) {
				this.closed = true;
				this.end.inputEnds();
				messages.add(EndOfInput.INSTANCE);
			}
			else if (this.bodyLength != NONE && input.readableBytes() >= this.bodyLength) {
				messages.add(this.frames.read(input.nioBuffer(input.readerIndex(), this.bodyLength)));
				input.skipBytes(this.bodyLength);
				this.bodyLength = NONE;
			}
		}
		catch (ChannelException | RuntimeException ex) {
			input.skipBytes(input.readableBytes());
			fail(context, ex);
		}
	}

	@Override
	protected void handlerRemoved0(ChannelHandlerContext context) {
		this.frames.destroy();
	}

	private @Nullable ChannelException unexpectedEnd() {
		if (this.bodyLength != NONE || actualReadableBytes() > 0) {
			return new ChannelException("The peer ended the connection within a message");
		}
		// Where frames have an end of their own, the one beneath is not enough
		return (this.frames.closing().length > 0)
				? new ChannelException("The peer ended the connection and had not closed the channel") : null;
	}

	private void fail(ChannelHandlerContext context, Exception failure) {
		this.closed = true;
		this.end.fail(context.channel(), failure);
	}

}
