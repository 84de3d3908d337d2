package dev.mtls.boot.client.jdk;

import java.io.IOException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.DelegatingResponse;

/**
 * The response of a {@link CuttableRequest}.
 */
final class CuttableResponse extends DelegatingResponse {

	private static final Log logger = LogFactory.getLog(CuttableResponse.class);

	private final CuttableRequest request;

	CuttableResponse(ClientHttpResponse response, CuttableRequest request) {
		super(response);
		this.request = request;
	}

	@Override
	public void close() {
		this.request.ended();
		this.response.close();
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
