package dev.mtls.boot.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.jdk.DelegatingHttpClient;
import dev.mtls.boot.client.jdk.GatedHttpClient;
import dev.mtls.boot.client.jdk.RequestListener;

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
		return client.client().send(request, handler, pushes, new Lease(client, request.uri()));
	}

	@Override
	protected HttpClient current() {
		return this.rotation.current().client();
	}

	/**
	 * What a request holds of its client.
	 *
	 * @param client the client
	 * @param uri where the request is sent to
	 */
	private record Lease(LeasedClient<?> client, URI uri) implements RequestListener {

		@Override
		public void failed(Throwable failure) {
			ConnectionFailure.explain(failure, this.uri, this.client.generation());
		}

		@Override
		public void ended() {
			this.client.release();
		}

	}

}
