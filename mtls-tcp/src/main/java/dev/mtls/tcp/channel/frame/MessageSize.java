package dev.mtls.tcp.channel.frame;

/**
 * The bound on the size of messages.
 *
 * @param max the size of the longest message in bytes
 */
record MessageSize(int max) {

	MessageSize {
		Frames.checkMaxMessageSize(max);
	}

	/**
	 * Check a message that is to be sent.
	 * @param message the message
	 * @return its size
	 * @throws IllegalArgumentException if it is too long
	 */
	int of(byte[] message) {
		if (message.length > this.max) {
			throw new IllegalArgumentException(
					"The message has %d bytes, more than the %d that are set; set a larger size at both ends"
						.formatted(message.length, this.max));
		}
		return message.length;
	}

	/**
	 * Check the length that a peer tells.
	 * @param header the length, unsigned
	 * @param overhead how many bytes of it are none of the message
	 * @return the length
	 * @throws ChannelException if the message is too long
	 */
	int ofPeer(int header, int overhead) throws ChannelException {
		long length = Integer.toUnsignedLong(header);
		if (length > (long) this.max + overhead) {
			throw new ChannelException(
					"The peer sends a message of %d bytes, more than the %d that are set; set a larger size at both ends"
						.formatted(length - overhead, this.max));
		}
		return header;
	}

}
