package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What a peer sends, read in pieces that are no smaller than worth while. Nothing is lost
 * when a read times out, unlike with {@link java.io.BufferedInputStream}, which may read
 * once more before it hands out what it has got.
 */
final class ReceivedBytes {

	private static final int SIZE = 8192;

	private final InputStream in;

	private final byte[] buffer = new byte[SIZE];

	private int position;

	private int limit;

	ReceivedBytes(InputStream in) {
		this.in = in;
	}

	/**
	 * Read what there is, with one read of the stream at most.
	 * @param target where to
	 * @param offset the first index
	 * @param length how many bytes at most, one or more
	 * @return how many bytes, or -1 at the end
	 * @throws IOException if that fails
	 */
	int read(byte[] target, int offset, int length) throws IOException {
		if (this.position == this.limit) {
			if (length >= SIZE) {
				return this.in.read(target, offset, length);
			}
			int count = this.in.read(this.buffer, 0, SIZE);
			if (count == -1) {
				return -1;
			}
			this.position = 0;
			this.limit = count;
		}
		int count = Math.min(length, this.limit - this.position);
		System.arraycopy(this.buffer, this.position, target, offset, count);
		this.position += count;
		return count;
	}

	/**
	 * Read a number of bytes.
	 * @param length the number
	 * @return the bytes, fewer if the stream ends before
	 * @throws IOException if that fails, after which it cannot be tried again
	 */
	byte[] readBytes(int length) throws IOException {
		byte[] bytes = new byte[length];
		int read = 0;
		while (read < length) {
			int count = read(bytes, read, length - read);
			if (count == -1) {
				return Arrays.copyOf(bytes, read);
			}
			read += count;
		}
		return bytes;
	}

}
