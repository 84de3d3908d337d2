package dev.mtls.boot.client;

import java.net.URI;
import java.util.function.Function;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/**
 * {@link ClientHttpConnector} over a {@link Rotation}. A request holds its client until
 * the body of its response has ended.
 */
final class RotatingClientHttpConnector implements ClientHttpConnector {

	private final Rotation<ClientHttpConnector> rotation;

	RotatingClientHttpConnector(Rotation<ClientHttpConnector> rotation) {
		this.rotation = rotation;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return LeasedExchange.of(this.rotation, method, uri, requestCallback);
	}

}
