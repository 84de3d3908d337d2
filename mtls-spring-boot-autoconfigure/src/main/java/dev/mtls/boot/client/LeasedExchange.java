package dev.mtls.boot.client;

import java.net.URI;
import java.util.function.Function;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * A reactive request, which takes the current client whenever it is subscribed to.
 */
final class LeasedExchange extends Mono<ClientHttpResponse> {

	private final Rotation<ClientHttpConnector> rotation;

	private final HttpMethod method;

	private final URI uri;

	private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

	private LeasedExchange(Rotation<ClientHttpConnector> rotation, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		this.rotation = rotation;
		this.method = method;
		this.uri = uri;
		this.requestCallback = requestCallback;
	}

	static Mono<ClientHttpResponse> of(Rotation<ClientHttpConnector> rotation, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return onAssembly(new LeasedExchange(rotation, method, uri, requestCallback));
	}

	@Override
	public void subscribe(CoreSubscriber<? super ClientHttpResponse> subscriber) {
		LeasedClient<ClientHttpConnector> client;
		try {
			client = this.rotation.lease();
		}
		catch (RuntimeException ex) {
			Operators.error(subscriber, ex);
			return;
		}
		ReactiveLease lease = new ReactiveLease(client, this.uri, subscriber);
		Mono<ClientHttpResponse> response;
		try {
			response = client.client().connect(this.method, this.uri, this.requestCallback);
		}
		catch (RuntimeException ex) {
			lease.release();
			Operators.error(subscriber, ex);
			return;
		}
		response.subscribe(lease);
	}

}
