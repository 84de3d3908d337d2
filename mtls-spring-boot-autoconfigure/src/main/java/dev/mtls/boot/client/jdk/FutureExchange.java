package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

	private final URI uri;

	private final BodyHandler<T> handler;

	private final GatedConnections connections;

	private final RequestListener listener;

	private volatile @Nullable CompletableFuture<HttpResponse<T>> response;

	private volatile @Nullable ExchangeBodySubscriber<T> body;

	private volatile @Nullable SSLException failure;

	@SuppressWarnings("UnusedVariable")
	private volatile int ended;

	FutureExchange(URI uri, BodyHandler<T> handler, GatedConnections connections, RequestListener listener) {
		this.uri = uri;
		this.handler = handler;
		this.connections = connections;
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
		return new ExchangeBodySubscriber<>(this.handler.apply(info), this);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		CompletableFuture<HttpResponse<T>> response = this.response;
		if (response != null) {
			response.cancel(mayInterruptIfRunning);
		}
		return super.cancel(mayInterruptIfRunning);
	}

	void body(ExchangeBodySubscriber<T> body) {
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
		this.listener.failed(this.uri, failure);
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
		if (thrown == null) {
			ExchangeBodySubscriber<T> body = this.body;
			if (!complete(answer) && body != null) {
				// Nobody will read it
				body.cancel();
			}
			return;
		}
		end();
		completeExceptionally(failed(causeOf(thrown)));
	}

	private static Throwable causeOf(Throwable thrown) {
		return (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause() : thrown;
	}

}
