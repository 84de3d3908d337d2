package dev.mtls.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscription;

import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.jdk.DelegatingHttpClient;

/**
 * {@link HttpClient} whose requests are answered at once and go nowhere.
 */
final class AnsweringHttpClient extends DelegatingHttpClient {

	private static final byte[] BODY = "Hello".getBytes(StandardCharsets.UTF_8);

	private static final HttpHeaders HEADERS = HttpHeaders.of(Map.of("Content-Type", List.of("text/plain")),
			(name, value) -> true);

	private static final ResponseInfo INFO = new ResponseInfo() {

		@Override
		public int statusCode() {
			return 200;
		}

		@Override
		public HttpHeaders headers() {
			return HEADERS;
		}

		@Override
		public Version version() {
			return Version.HTTP_1_1;
		}

	};

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler,
			@Nullable PushPromiseHandler<T> pushes) {
		BodySubscriber<T> subscriber = handler.apply(INFO);
		CompletableFuture<HttpResponse<T>> response = subscriber.getBody()
			.<HttpResponse<T>>thenApply((body) -> new Response<>(request, body))
			.toCompletableFuture();
		subscriber.onSubscribe(new Body(subscriber));
		return response;
	}

	@Override
	protected HttpClient current() {
		return this;
	}

	/**
	 * Gives the body as soon as somebody asks for it.
	 */
	private static final class Body implements Subscription {

		private final BodySubscriber<?> subscriber;

		private boolean ended;

		Body(BodySubscriber<?> subscriber) {
			this.subscriber = subscriber;
		}

		@Override
		public void request(long count) {
			if (!this.ended) {
				this.ended = true;
				this.subscriber.onNext(List.of(ByteBuffer.wrap(BODY)));
				this.subscriber.onComplete();
			}
		}

		@Override
		public void cancel() {
			this.ended = true;
		}

	}

	private record Response<T>(HttpRequest request, T body) implements HttpResponse<T> {

		@Override
		public int statusCode() {
			return INFO.statusCode();
		}

		@Override
		public Optional<HttpResponse<T>> previousResponse() {
			return Optional.empty();
		}

		@Override
		public HttpHeaders headers() {
			return HEADERS;
		}

		@Override
		public Optional<SSLSession> sslSession() {
			return Optional.empty();
		}

		@Override
		public URI uri() {
			return this.request.uri();
		}

		@Override
		public HttpClient.Version version() {
			return HttpClient.Version.HTTP_1_1;
		}

	}

}
