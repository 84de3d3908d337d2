package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiConsumer;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.RequestListener;
import dev.mtls.decision.Decision;

/**
 * {@link Exchange} that is the future of its response. To cancel it cancels the exchange.
 * One object for what would be three, as each request pays for them.
 *
 * @param <T> the type of the body
 */
final class FutureExchange<T> extends CompletableFuture<HttpResponse<T>>
		implements Exchange, BodyHandler<T>, BiConsumer<HttpResponse<T>, Throwable> {

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<FutureExchange> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(FutureExchange.class, "ended");

	private final HttpRequest request;

	private final BodyHandler<T> handler;

	private final GatedConnections connections;

	private final RequestListener listener;

	private volatile @Nullable CompletableFuture<HttpResponse<T>> response;

	private volatile @Nullable ExchangeSubscriber body;

	private volatile boolean published;

	private volatile @Nullable SSLException failure;

	@SuppressWarnings("UnusedVariable")
	private volatile int ended;

	FutureExchange(HttpRequest request, BodyHandler<T> handler, GatedConnections connections,
			RequestListener listener) {
		this.request = request;
		this.handler = handler;
		this.connections = connections;
		this.listener = listener;
	}

	@Override
	public URI uri() {
		return this.request.uri();
	}

	@Override
	public void cut(Decision.Deny denial) {
		this.failure = ClientGeneration.refused(uri().getAuthority(), denial);
		CompletableFuture<HttpResponse<T>> response = this.response;
		if (response != null) {
			response.cancel(true);
		}
		ExchangeSubscriber body = this.body;
		if (body != null) {
			body.cut();
		}
	}

	/**
	 * Follow the response.
	 * @param response the response of the JDK
	 */
	@SuppressWarnings("FutureReturnValueIgnored")
	void follow(CompletableFuture<HttpResponse<T>> response) {
		this.response = response;
		response.whenComplete(this);
		if (this.failure != null) {
			response.cancel(true);
		}
	}

	@Override
	public BodySubscriber<T> apply(ResponseInfo info) {
		BodySubscriber<T> subscriber = this.handler.apply(info);
		this.published = PublishedBody.isOf(subscriber, this.request, info);
		return this.published ? subscriber : new ExchangeBodySubscriber<>(subscriber, this);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		CompletableFuture<HttpResponse<T>> response = this.response;
		if (response != null) {
			response.cancel(mayInterruptIfRunning);
		}
		return super.cancel(mayInterruptIfRunning);
	}

	void body(ExchangeSubscriber body) {
		this.body = body;
		if (this.failure != null) {
			body.cut();
		}
		else if (isCancelled()) {
			body.cancel();
		}
	}

	/**
	 * Tell why the exchange fails.
	 * @param thrown what the JDK says
	 * @return what is to be told
	 */
	Throwable failed(Throwable thrown) {
		Throwable failure = (this.failure != null) ? this.failure : thrown;
		this.listener.failed(uri(), failure);
		return failure;
	}

	@Nullable SSLException failure() {
		return this.failure;
	}

	void end() {
		if (ENDED.compareAndSet(this, 0, 1)) {
			this.connections.end(this);
			this.listener.ended();
		}
	}

	@Override
	public void accept(HttpResponse<T> answer, @Nullable Throwable thrown) {
		if (thrown != null) {
			end();
			completeExceptionally(failed(causeOf(thrown)));
		}
		else if (this.published) {
			completePublished(answer);
		}
		else if (!complete(answer)) {
			// Nobody will read it
			ExchangeSubscriber body = this.body;
			if (body != null) {
				body.cancel();
			}
		}
	}

	// It is what the JDK publishes, so T is the type of a publisher
	@SuppressWarnings("unchecked")
	private void completePublished(HttpResponse<T> answer) {
		PublishedBody body = new PublishedBody((Publisher<List<ByteBuffer>>) answer.body(), this);
		if (!complete(new PublishedResponse<>(answer, (T) body))) {
			body.cancel();
		}
	}

	private static Throwable causeOf(Throwable thrown) {
		return (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause() : thrown;
	}

}
