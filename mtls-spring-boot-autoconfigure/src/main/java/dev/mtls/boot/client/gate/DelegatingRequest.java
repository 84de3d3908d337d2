package dev.mtls.boot.client.gate;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;

/**
 * {@link ClientHttpRequest} that passes on to another, which streams its body.
 */
public abstract class DelegatingRequest implements ClientHttpRequest, StreamingHttpOutputMessage {

	/**
	 * The request that does the work.
	 */
	protected final ClientHttpRequest request;

	/**
	 * Create a request.
	 * @param request the request that does the work
	 */
	protected DelegatingRequest(ClientHttpRequest request) {
		this.request = request;
	}

	@Override
	public final void setBody(Body body) {
		if (!(this.request instanceof StreamingHttpOutputMessage streaming)) {
			throw new UnsupportedOperationException("%s cannot stream".formatted(this.request.getClass().getName()));
		}
		streaming.setBody(body);
	}

	@Override
	public final OutputStream getBody() throws IOException {
		return this.request.getBody();
	}

	@Override
	public final HttpMethod getMethod() {
		return this.request.getMethod();
	}

	@Override
	public final URI getURI() {
		return this.request.getURI();
	}

	@Override
	public final Map<String, Object> getAttributes() {
		return this.request.getAttributes();
	}

	@Override
	public final HttpHeaders getHeaders() {
		return this.request.getHeaders();
	}

}
