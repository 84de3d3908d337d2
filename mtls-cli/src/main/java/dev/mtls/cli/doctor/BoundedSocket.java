package dev.mtls.cli.doctor;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A socket that reads until a deadline and up to a number of bytes, however the peer
 * sends them, and remembers the first of them.
 */
final class BoundedSocket extends Socket {

	private @Nullable BoundedInput input;

	/**
	 * Set the deadline of all reading from now on.
	 * @param remaining the time until then
	 * @throws IOException if the socket is not connected
	 */
	void setDeadline(Duration remaining) throws IOException {
		input().setDeadline(remaining);
	}

	/**
	 * The first bytes that the peer sent.
	 * @return some of them, empty if there are none
	 */
	byte[] firstBytes() {
		BoundedInput current = this.input;
		return (current != null) ? current.firstBytes() : new byte[0];
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return input();
	}

	@Override
	public OutputStream getOutputStream() throws IOException {
		return new PatientOutput(super.getOutputStream());
	}

	private synchronized BoundedInput input() throws IOException {
		BoundedInput current = this.input;
		if (current == null) {
			current = new BoundedInput(this, super.getInputStream());
			this.input = current;
		}
		return current;
	}

	/**
	 * Leaves it to reading to tell that the peer is gone: what it said before, such as
	 * the alert that names the reason, is read first.
	 */
	private static final class PatientOutput extends FilterOutputStream {

		private boolean broken;

		PatientOutput(OutputStream out) {
			super(out);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			try {
				if (!this.broken) {
					this.out.write(bytes, offset, length);
				}
			}
			catch (SocketException ex) {
				this.broken = true;
			}
		}

	}

	/**
	 * Reads ahead, so that a plain-text answer is remembered beyond the five bytes that
	 * TLS reads of it.
	 */
	private static final class BoundedInput extends InputStream {

		private static final int MAX_BYTES = 1024 * 1024;

		private static final int REMEMBERED = 256;

		private final Socket socket;

		private final InputStream in;

		private final byte[] buffer = new byte[8 * 1024];

		private int position;

		private int end;

		private long total;

		private volatile long deadline;

		private volatile byte[] first = {};

		BoundedInput(Socket socket, InputStream in) {
			this.socket = socket;
			this.in = in;
			this.deadline = System.nanoTime();
		}

		void setDeadline(Duration remaining) {
			this.deadline = System.nanoTime() + remaining.toNanos();
		}

		byte[] firstBytes() {
			return this.first.clone();
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) == 1) ? one[0] & 0xff : -1;
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			if (length == 0) {
				return 0;
			}
			if (this.position == this.end && !fill()) {
				return -1;
			}
			int count = Math.min(length, this.end - this.position);
			System.arraycopy(this.buffer, this.position, target, offset, count);
			this.position += count;
			return count;
		}

		@Override
		public int available() throws IOException {
			return this.end - this.position + this.in.available();
		}

		@Override
		public void close() throws IOException {
			this.in.close();
		}

		private boolean fill() throws IOException {
			long remaining = (this.deadline - System.nanoTime()) / 1_000_000;
			if (remaining <= 0) {
				throw new SocketTimeoutException("The deadline has passed");
			}
			this.socket.setSoTimeout((int) Math.min(remaining, Integer.MAX_VALUE));
			int count = this.in.read(this.buffer, 0, this.buffer.length);
			if (count <= 0) {
				return false;
			}
			this.total += count;
			if (this.total > MAX_BYTES) {
				throw new IOException("The server sends more than %d bytes".formatted(MAX_BYTES));
			}
			if (this.first.length < REMEMBERED) {
				int more = Math.min(count, REMEMBERED - this.first.length);
				byte[] longer = Arrays.copyOf(this.first, this.first.length + more);
				System.arraycopy(this.buffer, 0, longer, this.first.length, more);
				this.first = longer;
			}
			this.position = 0;
			this.end = count;
			return true;
		}

	}

}
