package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLSession;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.RequestListener;
import dev.mtls.decision.Decision;
import dev.mtls.decision.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FutureExchange}.
 */
class FutureExchangeTests {

	@TempDir
	private Path directory;

	private final List<String> told = new ArrayList<>();

	private ClientGate client;

	private GatedConnections connections;

	private FutureExchange<Void> exchange;

	@BeforeEach
	void open() {
		this.client = new ClientGate(this.directory, true, (locations) -> locations);
		this.connections = new GatedConnections(new ClientGeneration(this.client.gate()), new IdleConnections((uri) -> {
		}));
		this.exchange = exchange("GET", BodyHandlers.discarding());
	}

	@AfterEach
	void close() {
		this.client.close();
	}

	@Test
	void bodyWhenExchangeIsCancelledInTheMeantimeIsCancelled() {
		this.exchange.follow(new AnsweredResponse());
		this.exchange.cancel(true);
		assertThat(subscribe()).isTrue();
		assertThat(this.told).containsExactly("ended");
	}

	@Test
	void bodyWhenResponseComesAfterCancellingIsCancelled() {
		AnsweredResponse response = new AnsweredResponse();
		this.exchange.follow(response);
		AtomicBoolean cancelled = subscribe();
		this.exchange.cancel(true);
		assertThat(cancelled).isFalse();
		response.complete(null);
		assertThat(cancelled).isTrue();
		assertThat(this.told).containsExactly("ended");
	}

	@Test
	void bodyWhenItFailsTellsWhy() {
		ExchangeBodySubscriber<Void> body = new ExchangeBodySubscriber<>(BodySubscribers.discarding(), this.exchange);
		body.onError(new IOException("broken"));
		assertThat(this.told).containsExactly("ended", "broken");
		assertThat(body.getBody().toCompletableFuture()).isCompletedExceptionally();
	}

	@Test
	void bodyThatIsPublishedIsLeftToTheJdk() {
		assertThat(exchange("GET", BodyHandlers.ofPublisher()).apply(new Info(200, "Content-Length", "1")))
			.isInstanceOf(BodySubscribers.ofPublisher().getClass());
	}

	@Test
	void bodyThatIsPublishedEndsTheExchange() {
		Publication publication = new Publication();
		Recorder recorder = new Recorder();
		publication.exchange.join().body().subscribe(recorder);
		publication.body.onNext(List.of(ByteBuffer.allocate(3)));
		assertThat(this.told).isEmpty();
		publication.body.onComplete();
		assertThat(recorder.received).containsExactly("3", "complete");
		assertThat(this.told).containsExactly("ended");
	}

	@Test
	void bodyThatIsPublishedWhenItFailsTellsWhy() {
		Publication publication = new Publication();
		Recorder recorder = new Recorder();
		publication.exchange.join().body().subscribe(recorder);
		publication.body.onError(new IOException("broken"));
		assertThat(recorder.received).containsExactly("broken");
		assertThat(this.told).containsExactly("ended", "broken");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bodyThatIsPublishedIsCut(boolean subscribedBefore) {
		Publication publication = new Publication();
		Recorder recorder = new Recorder();
		Publisher<List<ByteBuffer>> body = publication.exchange.join().body();
		if (subscribedBefore) {
			body.subscribe(recorder);
		}
		publication.exchange.cut(new Decision.Deny(Reason.CERTIFICATE_REVOKED, "revoked"));
		if (!subscribedBefore) {
			body.subscribe(recorder);
		}
		publication.body.onNext(List.of(ByteBuffer.allocate(3)));
		assertThat(publication.cancelled).isTrue();
		assertThat(recorder.received).singleElement().asString().contains("revoked");
		assertThat(this.told.get(0)).isEqualTo("ended");
	}

	@Test
	void bodyThatIsPublishedAfterCancellingIsCancelled() {
		Publication publication = new Publication(true);
		assertThat(publication.cancelled).isTrue();
		assertThat(this.told).containsExactly("ended");
	}

	@Test
	void bodyThatIsPublishedHasOneSubscriber() {
		Publication publication = new Publication();
		Recorder first = new Recorder();
		Recorder second = new Recorder();
		publication.exchange.join().body().subscribe(first);
		publication.exchange.join().body().subscribe(second);
		assertThat(second.received).singleElement().asString().contains("already one subscriber");
		assertThat(this.told).isEmpty();
		publication.body.onComplete();
		assertThat(first.received).containsExactly("complete");
		assertThat(this.told).containsExactly("ended");
	}

	@ParameterizedTest
	@CsvSource({ "HEAD, 200, 5", "GET, 204, ''", "GET, 304, 5", "GET, 200, 0" })
	void bodyThatIsEmptyNeedsNoSubscriberToEndTheExchange(String method, int status, String length) {
		BodySubscriber<Publisher<List<ByteBuffer>>> body = exchange(method, BodyHandlers.ofPublisher())
			.apply(new Info(status, "Content-Length", length));
		body.onSubscribe(new Cancelled(new AtomicBoolean()));
		body.onComplete();
		assertThat(this.told).containsExactly("ended");
	}

	private <T> FutureExchange<T> exchange(String method, BodyHandler<T> handler) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost"))
			.method(method, BodyPublishers.noBody())
			.build();
		return new FutureExchange<>(request, handler, this.connections, new RequestListener() {

			@Override
			public void failed(URI uri, Throwable failure) {
				FutureExchangeTests.this.told.add(String.valueOf(failure.getMessage()));
			}

			@Override
			public void ended() {
				FutureExchangeTests.this.told.add("ended");
			}

		});
	}

	private AtomicBoolean subscribe() {
		AtomicBoolean cancelled = new AtomicBoolean();
		new ExchangeBodySubscriber<>(BodySubscribers.discarding(), this.exchange).onSubscribe(new Cancelled(cancelled));
		return cancelled;
	}

	/**
	 * An exchange whose response has come, with a body that the JDK publishes.
	 */
	private final class Publication {

		private final AtomicBoolean cancelled = new AtomicBoolean();

		private final FutureExchange<Publisher<List<ByteBuffer>>> exchange = exchange("GET",
				BodyHandlers.ofPublisher());

		private final BodySubscriber<Publisher<List<ByteBuffer>>> body;

		private Publication() {
			this(false);
		}

		private Publication(boolean cancelledBefore) {
			Info info = new Info(200, "Content-Length", "3");
			this.body = this.exchange.apply(info);
			if (cancelledBefore) {
				this.exchange.cancel(true);
			}
			this.body.onSubscribe(new Cancelled(this.cancelled));
			this.exchange.accept(new Response(info, this.body.getBody().toCompletableFuture().join()), null);
		}

	}

	/**
	 * A subscription that tells that it is cancelled.
	 *
	 * @param cancelled is set then
	 */
	private record Cancelled(AtomicBoolean cancelled) implements Subscription {

		@Override
		public void request(long count) {
		}

		@Override
		public void cancel() {
			this.cancelled.set(true);
		}

	}

	/**
	 * Records what it is told of a body.
	 */
	private static final class Recorder implements Subscriber<List<ByteBuffer>> {

		private final List<String> received = new ArrayList<>();

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
			this.received.add(Integer.toString(buffers.get(0).remaining()));
		}

		@Override
		public void onError(Throwable failure) {
			this.received.add(String.valueOf(failure.getMessage()));
		}

		@Override
		public void onComplete() {
			this.received.add("complete");
		}

	}

	/**
	 * The head of a response.
	 *
	 * @param statusCode the status
	 * @param headers the headers
	 */
	private record Info(int statusCode, HttpHeaders headers) implements ResponseInfo {

		private Info(int statusCode, String name, String value) {
			this(statusCode, HttpHeaders.of(Map.of(name, List.of(value)), (header, ignored) -> true));
		}

		@Override
		public HttpClient.Version version() {
			return HttpClient.Version.HTTP_1_1;
		}

	}

	/**
	 * A response with a body.
	 *
	 * @param info its head
	 * @param body the body
	 */
	private record Response(Info info,
			Publisher<List<ByteBuffer>> body) implements HttpResponse<Publisher<List<ByteBuffer>>> {

		@Override
		public int statusCode() {
			return this.info.statusCode();
		}

		@Override
		public HttpRequest request() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<HttpResponse<Publisher<List<ByteBuffer>>>> previousResponse() {
			return Optional.empty();
		}

		@Override
		public HttpHeaders headers() {
			return this.info.headers();
		}

		@Override
		public Optional<SSLSession> sslSession() {
			return Optional.empty();
		}

		@Override
		public URI uri() {
			return URI.create("https://localhost");
		}

		@Override
		public HttpClient.Version version() {
			return this.info.version();
		}

	}

	/**
	 * A response that has come already when it is to be cancelled.
	 */
	private static final class AnsweredResponse extends CompletableFuture<HttpResponse<Void>> {

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			return false;
		}

	}

}
