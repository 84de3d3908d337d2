package dev.mtls.tcp.channel.frame;

import java.nio.ByteBuffer;

/**
 * How the messages of one connection are framed: {@code u32} length, big-endian, and what
 * it counts. One thread may write while another one reads.
 */
public sealed interface Frames permits PlainFrames, EncryptedFrames {

	/**
	 * The length of the field that tells the length of what follows, in bytes.
	 */
	int HEADER = Integer.BYTES;

	/**
	 * The size of the longest message unless another one is set, in bytes: 16 MiB.
	 */
	int DEFAULT_MAX_MESSAGE_SIZE = 16 * 1024 * 1024;

	/**
	 * How long the frame of a message is.
	 * @param message the message
	 * @return the length in bytes, that of the header included
	 * @throws IllegalArgumentException if the message is longer than messages may be
	 */
	int lengthOf(byte[] message);

	/**
	 * Write the frame of a message.
	 * @param message the message
	 * @param frame has room for as many bytes as {@link #lengthOf} says
	 * @throws ChannelException if no more may be sent on this connection
	 */
	void write(byte[] message, ByteBuffer frame) throws ChannelException;

	/**
	 * How long what follows a header is.
	 * @param header the field, unsigned
	 * @return the length of the body in bytes, or -1 if the peer closes the channel
	 * @throws ChannelException if there is no such frame, or it is too long
	 */
	int bodyLength(int header) throws ChannelException;

	/**
	 * Read the message of a frame.
	 * @param body what follows the header, all of which is read
	 * @return the message
	 * @throws ChannelException if it is none of the peer's
	 */
	byte[] read(ByteBuffer body) throws ChannelException;

	/**
	 * What tells the peer that no message follows.
	 * @return the bytes, none where the layer beneath tells it
	 */
	byte[] closing();

	/**
	 * Overwrite what keys there are. Nothing can be written or read any more.
	 */
	void destroy();

	/**
	 * Check the size that messages may have.
	 * @param maxMessageSize the size of the longest message in bytes
	 * @return the size
	 * @throws IllegalArgumentException if it is not positive, or more than 1 GiB
	 */
	static int checkMaxMessageSize(int maxMessageSize) {
		if (maxMessageSize < 1 || maxMessageSize > 1 << 30) {
			throw new IllegalArgumentException(
					"The longest message cannot have %d bytes; set from 1 to 1073741824".formatted(maxMessageSize));
		}
		return maxMessageSize;
	}

}
