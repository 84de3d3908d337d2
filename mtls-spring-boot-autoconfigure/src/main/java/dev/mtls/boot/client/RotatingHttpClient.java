package dev.mtls.boot.client;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.jdk.DelegatingHttpClient;
import dev.mtls.boot.client.jdk.GatedHttpClient;

/**
 * {@link HttpClient} over a {@link Rotation}. A request holds its client until the body
 * of its response has ended.
 */
final class RotatingHttpClient extends DelegatingHttpClient {

	private final Rotation<GatedHttpClient> rotation;

	RotatingHttpClient(Rotation<GatedHttpClient> rotation) {
		this.rotation = rotation;
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler,
			@Nullable PushPromiseHandler<T> pushes) {
		LeasedClient<GatedHttpClient> client = this.rotation.lease();
		return client.client().send(request, handler, pushes, client);
	}

	@Override
	protected HttpClient current() {
		return this.rotation.current().client();
	}

}
