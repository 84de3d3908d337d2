package dev.mtls.boot.client;

import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.DelegatingResponse;

/**
 * A response that gives its client back when it is closed.
 */
final class LeasedResponse extends DelegatingResponse {

	private final AtomicBoolean open = new AtomicBoolean(true);

	private final LeasedClient<?> client;

	LeasedResponse(ClientHttpResponse response, LeasedClient<?> client) {
		super(response);
		this.client = client;
	}

	@Override
	public void close() {
		try {
			this.response.close();
		}
		finally {
			if (this.open.compareAndSet(true, false)) {
				this.client.release();
			}
		}
	}

}
