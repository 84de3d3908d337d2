package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.io.InputStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * The response of a {@link CuttableRequest}.
 */
final class CuttableResponse implements ClientHttpResponse {

	private static final Log logger = LogFactory.getLog(CuttableResponse.class);

	private final ClientHttpResponse response;

	private final CuttableRequest request;

	CuttableResponse(ClientHttpResponse response, CuttableRequest request) {
		this.response = response;
		this.request = request;
	}

	@Override
	public void close() {
		this.request.ended();
		this.response.close();
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

	/**
	 * Close the body without reading what is left of it, so that its reader is told.
	 */
	void cut() {
		try {
			this.response.getBody().close();
		}
		catch (IOException ex) {
			logger.debug("The body of a cut response was broken already", ex);
		}
	}

}
