package dev.mtls.boot.client;

import java.io.IOException;
import java.net.URI;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * {@link ClientHttpRequestFactory} over a {@link Rotation}. A request holds its client
 * until its response is closed.
 */
final class RotatingClientHttpRequestFactory implements ClientHttpRequestFactory {

	private final Rotation<ClientHttpRequestFactory> rotation;

	RotatingClientHttpRequestFactory(Rotation<ClientHttpRequestFactory> rotation) {
		this.rotation = rotation;
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		LeasedClient<ClientHttpRequestFactory> client = this.rotation.lease();
		try {
			return new LeasedRequest(client.client().createRequest(uri, method), client);
		}
		catch (IOException | RuntimeException ex) {
			client.ended();
			throw ex;
		}
	}

}
