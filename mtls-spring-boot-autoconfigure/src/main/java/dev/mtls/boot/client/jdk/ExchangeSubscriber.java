package dev.mtls.boot.client.jdk;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * {@link Subscriber} to a body that tells the exchange when the body has ended, and can
 * be cut.
 */
class ExchangeSubscriber implements Subscriber<List<ByteBuffer>>, Subscription {

	private static final AtomicIntegerFieldUpdater<ExchangeSubscriber> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(ExchangeSubscriber.class, "ended");

	private final Subscriber<? super List<ByteBuffer>> subscriber;

	private final FutureExchange<?> exchange;

	private volatile @Nullable Subscription subscription;

	private volatile int ended;

	ExchangeSubscriber(Subscriber<? super List<ByteBuffer>> subscriber, FutureExchange<?> exchange) {
		this.subscriber = subscriber;
		this.exchange = exchange;
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
