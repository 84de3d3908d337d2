package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.decision.Decision;

/**
 * {@link Exchange} of which the response is a future.
 *
 * @param <T> the type of the body
 */
final class FutureExchange<T> implements Exchange {

	private final AtomicBoolean ended = new AtomicBoolean();

	private final URI uri;

	private final GatedConnections connections;

	private final Consumer<Throwable> failed;

	private final Runnable listener;

	private volatile @Nullable CompletableFuture<HttpResponse<T>> response;

	private volatile @Nullable ExchangeBodySubscriber<T> body;

	private volatile @Nullable SSLException failure;

	FutureExchange(URI uri, GatedConnections connections, Consumer<Throwable> failed, Runnable listener) {
		this.uri = uri;
		this.connections = connections;
		this.failed = failed;
		this.listener = listener;
	}

	@Override
	public URI uri() {
		return this.uri;
	}

	@Override
	public void cut(Decision.Deny denial) {
		this.failure = ClientGeneration.refused(this.uri.getAuthority(), denial);
		CompletableFuture<HttpResponse<T>> response = this.response;
		if (response != null) {
			response.cancel(true);
		}
		ExchangeBodySubscriber<T> body = this.body;
		if (body != null) {
			body.cut();
		}
	}

	/**
	 * Follow the response.
	 * @param response the response of the JDK
	 * @return the response for the caller
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	CompletableFuture<HttpResponse<T>> follow(CompletableFuture<HttpResponse<T>> response) {
		this.response = response;
		CompletableFuture<HttpResponse<T>> followed = new CompletableFuture<>() {

			@Override
			public boolean cancel(boolean mayInterruptIfRunning) {
				response.cancel(mayInterruptIfRunning);
				return super.cancel(mayInterruptIfRunning);
			}

		};
		response.whenComplete((answer, thrown) -> {
			if (thrown == null) {
				followed.complete(answer);
				return;
			}
			end();
			Throwable failure = (this.failure != null) ? this.failure : causeOf(thrown);
			this.failed.accept(failure);
			followed.completeExceptionally(failure);
		});
		if (this.failure != null) {
			response.cancel(true);
		}
		return followed;
	}

	void body(ExchangeBodySubscriber<T> body) {
		this.body = body;
		if (this.failure != null) {
			body.cut();
		}
	}

	@Nullable SSLException failure() {
		return this.failure;
	}

	void end() {
		if (this.ended.compareAndSet(false, true)) {
			this.connections.end(this);
			this.listener.run();
		}
	}

	private static Throwable causeOf(Throwable thrown) {
		return (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause() : thrown;
	}

}
