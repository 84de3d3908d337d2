package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.net.URI;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * {@link ClientHttpRequestFactory} whose exchanges are cut with their connections.
 */
final class CuttableRequestFactory implements ClientHttpRequestFactory {

	private final ClientHttpRequestFactory factory;

	private final GatedConnections connections;

	CuttableRequestFactory(ClientHttpRequestFactory factory, GatedConnections connections) {
		this.factory = factory;
		this.connections = connections;
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		return new CuttableRequest(this.factory.createRequest(uri, method), this.connections);
	}

}
