package dev.mtls.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * What is sent to the peer of a connection, a record at a time, so that nothing is sent
 * to a peer that is no longer admitted.
 */
final class ConnectionOutput extends OutputStream {

	// What a record holds at most (RFC 8446, section 5.1)
	private static final int RECORD = 16_384;

	private final MtlsConnection connection;

	private final OutputStream out;

	ConnectionOutput(MtlsConnection connection, OutputStream out) {
		this.connection = connection;
		this.out = out;
	}

	@Override
	public void write(int one) throws IOException {
		write(new byte[] { (byte) one }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		int end = offset + length;
		for (int from = offset; from < end; from += RECORD) {
			int start = from;
			int count = Math.min(RECORD, end - from);
			this.connection.send(() -> this.out.write(bytes, start, count));
		}
	}

	@Override
	public void flush() throws IOException {
		this.connection.checkAdmitted();
	}

	@Override
	public void close() {
		this.connection.close();
	}

}
