package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.RequestListener;

/**
 * {@link HttpClient} over one generation, with nobody to tell how its requests end.
 */
class UnheardHttpClient extends DelegatingHttpClient {

	private final GatedHttpClient client;

	UnheardHttpClient(GatedHttpClient client) {
		this.client = client;
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler,
			@Nullable PushPromiseHandler<T> pushes) {
		return this.client.send(request, handler, pushes, new RequestListener() {

			@Override
			public void failed(URI uri, Throwable failure) {
			}

			@Override
			public void ended() {
			}

		});
	}

	@Override
	protected HttpClient current() {
		return this.client.client();
	}

}
