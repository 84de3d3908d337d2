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
			return new LeasedResponse(this.request.execute(), this.client);
		}
		catch (IOException | RuntimeException ex) {
			this.client.release();
			ConnectionFailure.explain(ex, getURI());
			throw ex;
		}
	}

}
