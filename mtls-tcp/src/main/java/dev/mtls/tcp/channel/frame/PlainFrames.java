package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;

/**
 * Frames that hold their message as it is, for connections that are encrypted themselves:
 * {@code u32 length | message}. The layer beneath tells the end.
 */
public final class PlainFrames implements Frames {

	private static final byte[] NOTHING = new byte[0];

	private final MessageSize size;

	/**
	 * Create frames.
	 * @param maxMessageSize the size of the longest message in bytes
	 * @throws IllegalArgumentException if it is not positive, or more than 1 GiB
	 */
	public PlainFrames(int maxMessageSize) {
		this.size = new MessageSize(maxMessageSize);
	}

	@Override
	public int lengthOf(byte[] message) {
		return HEADER + this.size.of(message);
	}

	@Override
	public void write(byte[] message, ByteBuffer frame) {
		frame.putInt(this.size.of(message)).put(message);
	}

	@Override
	public int bodyLength(int header) throws ChannelException {
		return this.size.ofPeer(header, 0);
	}

	@Override
	public byte[] read(ByteBuffer body) {
		byte[] message = new byte[body.remaining()];
		body.get(message);
		return message;
	}

	@Override
	public byte[] closing() {
		return NOTHING;
	}

	@Override
	public void destroy() {
		// There are no keys
	}

}
