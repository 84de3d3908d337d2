package dev.mtls.boot.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A response that gives its client back when it is closed.
 */
final class LeasedResponse implements ClientHttpResponse {

	private final AtomicBoolean open = new AtomicBoolean(true);

	private final ClientHttpResponse response;

	private final LeasedClient<?> client;

	LeasedResponse(ClientHttpResponse response, LeasedClient<?> client) {
		this.response = response;
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

	@Override
	public InputStream getBody() throws IOException {
		return this.response.getBody();
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

}
