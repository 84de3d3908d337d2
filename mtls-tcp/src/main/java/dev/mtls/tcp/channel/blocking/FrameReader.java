package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * Reads frames, and keeps what it has of one when a read times out. Memory is taken as
 * bytes arrive, because a length alone costs a peer nothing.
 */
final class FrameReader {

	static final int FIRST_PART = 64 * 1024;

	private final ReceivedBytes in;

	private final byte[] header = new byte[Frames.HEADER];

	private int headerRead;

	// -1 as long as the header is not complete
	private int bodyLength = -1;

	private byte[] body = new byte[0];

	private int bodyRead;

	private boolean ended;

	FrameReader(ReceivedBytes in) {
		this.in = in;
	}

	/**
	 * Read the next message.
	 * @param frames how it is framed
	 * @return the message, or {@code null} if the peer has closed the channel
	 * @throws ChannelException if the peer does not keep to the protocol
	 * @throws IOException if reading fails; after a timeout it goes on where it was
	 */
	byte @Nullable [] read(Frames frames) throws IOException {
		if (this.ended || !readHeader(frames)) {
			this.ended = true;
			return null;
		}
		while (this.bodyRead < this.bodyLength) {
			if (this.bodyRead == this.body.length) {
				this.body = Arrays.copyOf(this.body, nextSize());
			}
			int count = this.in.read(this.body, this.bodyRead, this.body.length - this.bodyRead);
			if (count == -1) {
				throw truncated();
			}
			this.bodyRead += count;
		}
		ByteBuffer complete = ByteBuffer.wrap(this.body, 0, this.bodyLength);
		reset();
		return frames.read(complete);
	}

	// False if there is no next frame
	private boolean readHeader(Frames frames) throws IOException {
		if (this.bodyLength != -1) {
			return true;
		}
		while (this.headerRead < Frames.HEADER) {
			int count = this.in.read(this.header, this.headerRead, Frames.HEADER - this.headerRead);
			if (count == -1) {
				checkEnd(frames);
				return false;
			}
			this.headerRead += count;
		}
		this.bodyLength = frames.bodyLength(ByteBuffer.wrap(this.header).getInt());
		return this.bodyLength != -1;
	}

	private void checkEnd(Frames frames) throws ChannelException {
		if (this.headerRead > 0) {
			throw truncated();
		}
		// Where frames have no end of their own, the layer beneath has told it
		if (frames.closing().length > 0) {
			throw new ChannelException(
					"The peer ended the connection without closing the channel, so messages may be missing");
		}
	}

	private int nextSize() {
		return (int) Math.min(this.bodyLength, Math.max(FIRST_PART, 2L * this.body.length));
	}

	private void reset() {
		this.headerRead = 0;
		this.bodyLength = -1;
		this.body = new byte[0];
		this.bodyRead = 0;
	}

	private static ChannelException truncated() {
		return new ChannelException("The peer ended the connection within a frame");
	}

}
