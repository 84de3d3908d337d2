package dev.mtls.boot.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.DelegatingResponse;

/**
 * A response that gives its client back when it is closed.
 */
final class LeasedResponse extends DelegatingResponse {

	private static final AtomicIntegerFieldUpdater<LeasedResponse> CLOSED = AtomicIntegerFieldUpdater
		.newUpdater(LeasedResponse.class, "closed");

	private final LeasedRequest request;

	@SuppressWarnings("UnusedVariable")
	private volatile int closed;

	LeasedResponse(ClientHttpResponse response, LeasedRequest request) {
		super(response);
		this.request = request;
	}

	@Override
	public InputStream getBody() throws IOException {
		return new Body(super.getBody(), this.request);
	}

	@Override
	public void close() {
		try {
			this.response.close();
		}
		finally {
			if (CLOSED.compareAndSet(this, 0, 1)) {
				this.request.released();
			}
		}
	}

	/**
	 * A body that says why its connection ended.
	 */
	private static final class Body extends FilterInputStream {

		private final LeasedRequest request;

		private Body(InputStream body, LeasedRequest request) {
			super(body);
			this.request = request;
		}

		@Override
		public int read() throws IOException {
			try {
				return super.read();
			}
			catch (IOException ex) {
				this.request.explain(ex);
				throw ex;
			}
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			try {
				return super.read(bytes, offset, length);
			}
			catch (IOException ex) {
				this.request.explain(ex);
				throw ex;
			}
		}

	}

}
