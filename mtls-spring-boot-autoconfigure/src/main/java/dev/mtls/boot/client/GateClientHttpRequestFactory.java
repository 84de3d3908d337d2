package dev.mtls.boot.client;

import java.io.IOException;
import java.net.URI;
import java.util.function.Supplier;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

import dev.mtls.gate.Gate;

/**
 * {@link ClientHttpRequestFactory} that is built anew whenever the gate's generation has
 * changed, because no HTTP client reads its TLS material again. Requests that have begun
 * end on the factory they began with.
 */
final class GateClientHttpRequestFactory implements ClientHttpRequestFactory {

	private final Gate gate;

	private final Supplier<? extends ClientHttpRequestFactory> factories;

	private volatile Current current;

	GateClientHttpRequestFactory(Gate gate, Supplier<? extends ClientHttpRequestFactory> factories) {
		this.gate = gate;
		this.factories = factories;
		this.current = build();
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) throws IOException {
		return current().factory().createRequest(uri, httpMethod);
	}

	private Current current() {
		Current current = this.current;
		return (current.generation() == this.gate.generation()) ? current : rebuild();
	}

	private synchronized Current rebuild() {
		if (this.current.generation() != this.gate.generation()) {
			this.current = build();
		}
		return this.current;
	}

	private Current build() {
		// The generation first: a change in between builds once more, never once less
		long generation = this.gate.generation();
		return new Current(generation, this.factories.get());
	}

	private record Current(long generation, ClientHttpRequestFactory factory) {
	}

}
