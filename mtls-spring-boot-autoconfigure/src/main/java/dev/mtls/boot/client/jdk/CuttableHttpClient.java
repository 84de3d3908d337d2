package dev.mtls.boot.client.jdk;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * {@link HttpClient} whose exchanges are cut with their connections.
 */
final class CuttableHttpClient extends DelegatingHttpClient {

	static final RequestListener UNHEARD = new RequestListener() {

		@Override
		public void failed(Throwable failure) {
		}

		@Override
		public void ended() {
		}

	};

	private final GatedHttpClient client;

	CuttableHttpClient(GatedHttpClient client) {
		this.client = client;
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler,
			@Nullable PushPromiseHandler<T> pushes) {
		return this.client.send(request, handler, pushes, UNHEARD);
	}

	@Override
	protected HttpClient current() {
		return this.client.client();
	}

}
