package dev.mtls.boot.client.jdk;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.boot.client.ClientGate;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.RequestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FutureExchange}.
 */
class FutureExchangeTests {

	@TempDir
	private Path directory;

	private final List<String> told = new ArrayList<>();

	private ClientGate client;

	private FutureExchange<Void> exchange;

	@BeforeEach
	void open() {
		this.client = new ClientGate(this.directory, true, (locations) -> locations);
		GatedConnections connections = new GatedConnections(new ClientGeneration(this.client.gate()),
				new IdleConnections((uri) -> {
				}));
		this.exchange = new FutureExchange<>(URI.create("https://localhost"), BodyHandlers.discarding(), connections,
				new RequestListener() {

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

	private AtomicBoolean subscribe() {
		AtomicBoolean cancelled = new AtomicBoolean();
		new ExchangeBodySubscriber<>(BodySubscribers.discarding(), this.exchange).onSubscribe(new Subscription() {

			@Override
			public void request(long count) {
			}

			@Override
			public void cancel() {
				cancelled.set(true);
			}

		});
		return cancelled;
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
