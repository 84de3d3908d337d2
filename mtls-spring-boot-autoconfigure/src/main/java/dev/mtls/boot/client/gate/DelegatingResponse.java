package dev.mtls.boot.client.gate;

import java.io.IOException;
import java.io.InputStream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * {@link ClientHttpResponse} that passes on to another.
 */
public abstract class DelegatingResponse implements ClientHttpResponse {

	/**
	 * The response of the library.
	 */
	protected final ClientHttpResponse response;

	/**
	 * Create a response.
	 * @param response the response of the library
	 */
	protected DelegatingResponse(ClientHttpResponse response) {
		this.response = response;
	}

	@Override
	public InputStream getBody() throws IOException {
		return this.response.getBody();
	}

	@Override
	public final HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public final String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public final HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

}
