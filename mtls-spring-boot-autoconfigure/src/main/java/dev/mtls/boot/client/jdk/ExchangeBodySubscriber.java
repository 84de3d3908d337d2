package dev.mtls.boot.client.jdk;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * {@link BodySubscriber} that tells its exchange when the body has ended, and can be cut.
 *
 * @param <T> the type of the body
 */
final class ExchangeBodySubscriber<T> implements BodySubscriber<T>, Subscription {

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<ExchangeBodySubscriber> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(ExchangeBodySubscriber.class, "ended");

	private final BodySubscriber<T> subscriber;

	private final FutureExchange<T> exchange;

	private volatile @Nullable Subscription subscription;

	private volatile int ended;

	ExchangeBodySubscriber(BodySubscriber<T> subscriber, FutureExchange<T> exchange) {
		this.subscriber = subscriber;
		this.exchange = exchange;
	}

	@Override
	public CompletionStage<T> getBody() {
		return this.subscriber.getBody();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.subscription = subscription;
		this.subscriber.onSubscribe(this);
		this.exchange.body(this);
	}

	@Override
	public void request(long count) {
		Subscription subscription = this.subscription;
		if (subscription != null) {
			subscription.request(count);
		}
	}

	@Override
	public void cancel() {
		Subscription subscription = this.subscription;
		if (subscription != null) {
			subscription.cancel();
		}
		this.exchange.end();
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		if (this.ended == 0) {
			this.subscriber.onNext(buffers);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (ENDED.compareAndSet(this, 0, 1)) {
			this.exchange.end();
			this.subscriber.onError(this.exchange.failed(failure));
		}
	}

	@Override
	public void onComplete() {
		if (ENDED.compareAndSet(this, 0, 1)) {
			this.exchange.end();
			this.subscriber.onComplete();
		}
	}

	void cut() {
		Subscription subscription = this.subscription;
		if (subscription != null) {
			subscription.cancel();
			onError(Objects.requireNonNull(this.exchange.failure()));
		}
	}

}
