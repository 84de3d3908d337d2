package dev.mtls.boot.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The body of a response, which says why its connection ended.
 */
final class LeasedBody extends FilterInputStream {

	private final LeasedRequest request;

	LeasedBody(InputStream body, LeasedRequest request) {
		super(body);
		this.request = request;
	}

	@Override
	public int read() throws IOException {
		try {
			return this.in.read();
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		try {
			return this.in.read(bytes, offset, length);
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	// The library's own, which may do better than to read piece by piece
	@Override
	public byte[] readAllBytes() throws IOException {
		try {
			return this.in.readAllBytes();
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	@Override
	public byte[] readNBytes(int length) throws IOException {
		try {
			return this.in.readNBytes(length);
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	@Override
	public int readNBytes(byte[] bytes, int offset, int length) throws IOException {
		try {
			return this.in.readNBytes(bytes, offset, length);
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	@Override
	public void skipNBytes(long count) throws IOException {
		try {
			this.in.skipNBytes(count);
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	@Override
	public long transferTo(OutputStream output) throws IOException {
		try {
			return this.in.transferTo(output);
		}
		catch (IOException ex) {
			throw explained(ex);
		}
	}

	private IOException explained(IOException failure) {
		this.request.explain(failure);
		return failure;
	}

}
