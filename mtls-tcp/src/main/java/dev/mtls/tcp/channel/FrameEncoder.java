package dev.mtls.tcp.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * Makes one frame of each message, in one buffer, into which the message is copied or
 * encrypted.
 */
final class FrameEncoder extends MessageToByteEncoder<byte[]> {

	private final Frames frames;

	FrameEncoder(Frames frames) {
		super(byte[].class);
		this.frames = frames;
	}

	@Override
	protected ByteBuf allocateBuffer(ChannelHandlerContext context, byte[] message, boolean preferDirect) {
		int length = this.frames.lengthOf(message);
		return context.alloc().heapBuffer(length, length);
	}

	@Override
	protected void encode(ChannelHandlerContext context, byte[] message, ByteBuf frame) throws ChannelException {
		int length = frame.writableBytes();
		this.frames.write(message, frame.nioBuffer(frame.writerIndex(), length));
		frame.writerIndex(frame.writerIndex() + length);
	}

}
