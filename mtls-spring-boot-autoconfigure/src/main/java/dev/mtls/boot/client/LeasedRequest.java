package dev.mtls.boot.client;

import java.io.IOException;

import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.DelegatingRequest;

/**
 * A request that gives its client back when it has failed, or its response is closed.
 */
final class LeasedRequest extends DelegatingRequest {

	private final LeasedClient<?> client;

	LeasedRequest(ClientHttpRequest request, LeasedClient<?> client) {
		super(request);
		this.client = client;
	}

	@Override
	public ClientHttpResponse execute() throws IOException {
		try {
			return new LeasedResponse(this.request.execute(), this);
		}
		catch (IOException | RuntimeException ex) {
			released();
			explain(ex);
			throw ex;
		}
	}

	void released() {
		this.client.ended();
	}

	void explain(Exception failure) {
		this.client.failed(getURI(), failure);
	}

}
