package dev.mtls.boot.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A request that gives its client back when it has failed, or its response is closed.
 */
final class LeasedRequest implements ClientHttpRequest, StreamingHttpOutputMessage {

	private final ClientHttpRequest request;

	private final LeasedClient<?> client;

	LeasedRequest(ClientHttpRequest request, LeasedClient<?> client) {
		this.request = request;
		this.client = client;
	}

	@Override
	public ClientHttpResponse execute() throws IOException {
		try {
			return new LeasedResponse(this.request.execute(), this.client);
		}
		catch (IOException | RuntimeException ex) {
			this.client.release();
			ConnectionFailure.explain(ex, this.request.getURI());
			throw ex;
		}
	}

	@Override
	public void setBody(Body body) {
		if (this.request instanceof StreamingHttpOutputMessage streaming) {
			streaming.setBody(body);
			return;
		}
		throw new UnsupportedOperationException("%s cannot stream".formatted(this.request.getClass().getName()));
	}

	@Override
	public OutputStream getBody() throws IOException {
		return this.request.getBody();
	}

	@Override
	public HttpMethod getMethod() {
		return this.request.getMethod();
	}

	@Override
	public URI getURI() {
		return this.request.getURI();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.request.getAttributes();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.request.getHeaders();
	}

}
