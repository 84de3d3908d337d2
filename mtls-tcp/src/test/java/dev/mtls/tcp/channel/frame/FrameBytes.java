package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames as bytes, written and read as a channel does it.
 */
final class FrameBytes {

	private FrameBytes() {
	}

	static byte[] write(Frames frames, byte[] message) throws ChannelException {
		ByteBuffer frame = ByteBuffer.allocate(frames.lengthOf(message));
		frames.write(message, frame);
		assertThat(frame.hasRemaining()).isFalse();
		return frame.array();
	}

	/**
	 * Read the first frame of what was received.
	 * @param frames the frames
	 * @param received the bytes, of which there may be more than the frame needs
	 * @return the message
	 * @throws ChannelException if the frame is refused
	 */
	static byte[] read(Frames frames, byte[] received) throws ChannelException {
		ByteBuffer buffer = ByteBuffer.wrap(received);
		int length = frames.bodyLength(buffer.getInt());
		ByteBuffer body = buffer.slice(buffer.position(), length);
		byte[] message = frames.read(body);
		assertThat(body.hasRemaining()).isFalse();
		return message;
	}

	static byte[] message(int size) {
		byte[] message = new byte[size];
		new Random(size).nextBytes(message);
		return message;
	}

	static byte[] flip(byte[] bytes, int bit) {
		byte[] flipped = bytes.clone();
		flipped[bit / 8] ^= (byte) (1 << bit % 8);
		return flipped;
	}

}
