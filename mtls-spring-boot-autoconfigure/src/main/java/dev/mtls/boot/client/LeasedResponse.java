package dev.mtls.boot.client;

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
		return new LeasedBody(super.getBody(), this.request);
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

}
