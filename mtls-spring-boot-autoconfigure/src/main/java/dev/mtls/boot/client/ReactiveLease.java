package dev.mtls.boot.client;

import java.net.URI;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/**
 * What a reactive request holds of its client: until it has failed, or until the body of
 * its response has ended, whichever way. One object for what would be four operators, as
 * each request pays for them.
 */
final class ReactiveLease implements CoreSubscriber<ClientHttpResponse>, Subscription {

	private static final AtomicIntegerFieldUpdater<ReactiveLease> RELEASED = AtomicIntegerFieldUpdater
		.newUpdater(ReactiveLease.class, "released");

	private final LeasedClient<ClientHttpConnector> client;

	private final URI uri;

	private final CoreSubscriber<? super ClientHttpResponse> subscriber;

	private @Nullable Subscription subscription;

	private volatile boolean answered;

	@SuppressWarnings("UnusedVariable")
	private volatile int released;

	ReactiveLease(LeasedClient<ClientHttpConnector> client, URI uri,
			CoreSubscriber<? super ClientHttpResponse> subscriber) {
		this.client = client;
		this.uri = uri;
		this.subscriber = subscriber;
	}

	@Override
	public Context currentContext() {
		return this.subscriber.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.subscription = subscription;
		this.subscriber.onSubscribe(this);
	}

	@Override
	public void onNext(ClientHttpResponse response) {
		this.answered = true;
		this.subscriber.onNext(new LeasedResponse(response));
	}

	@Override
	public void onError(Throwable failure) {
		requestEnded();
		explain(failure);
		this.subscriber.onError(failure);
	}

	@Override
	public void onComplete() {
		requestEnded();
		this.subscriber.onComplete();
	}

	@Override
	public void request(long count) {
		if (this.subscription != null) {
			this.subscription.request(count);
		}
	}

	@Override
	public void cancel() {
		if (this.subscription != null) {
			this.subscription.cancel();
		}
		requestEnded();
	}

	void release() {
		if (RELEASED.compareAndSet(this, 0, 1)) {
			this.client.ended();
		}
	}

	private void requestEnded() {
		if (!this.answered) {
			release();
		}
	}

	private void explain(Throwable failure) {
		this.client.failed(this.uri, failure);
	}

	/**
	 * A response whose body releases the client with its end.
	 */
	private final class LeasedResponse extends ClientHttpResponseDecorator {

		private LeasedResponse(ClientHttpResponse response) {
			super(response);
		}

		@Override
		public Flux<DataBuffer> getBody() {
			return new LeasedBody(super.getBody());
		}

	}

	/**
	 * A body that releases the client with its end, and says why its connection ended.
	 */
	private final class LeasedBody extends FluxOperator<DataBuffer, DataBuffer> {

		private LeasedBody(Flux<DataBuffer> body) {
			super(body);
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> subscriber) {
			this.source.subscribe(new BodySubscriber(subscriber));
		}

	}

	/**
	 * The subscriber of a body.
	 */
	private final class BodySubscriber implements CoreSubscriber<DataBuffer>, Subscription, Runnable {

		private final CoreSubscriber<? super DataBuffer> subscriber;

		private @Nullable Subscription subscription;

		private BodySubscriber(CoreSubscriber<? super DataBuffer> subscriber) {
			this.subscriber = subscriber;
		}

		@Override
		public Context currentContext() {
			return this.subscriber.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			this.subscriber.onSubscribe(this);
		}

		@Override
		public void onNext(DataBuffer buffer) {
			this.subscriber.onNext(buffer);
		}

		@Override
		public void onError(Throwable failure) {
			explain(failure);
			release();
			this.subscriber.onError(failure);
		}

		@Override
		public void onComplete() {
			ReactiveLease.this.client.whenConnectionIsReturned(this);
		}

		@Override
		public void run() {
			release();
			this.subscriber.onComplete();
		}

		@Override
		public void request(long count) {
			if (this.subscription != null) {
				this.subscription.request(count);
			}
		}

		@Override
		public void cancel() {
			if (this.subscription != null) {
				this.subscription.cancel();
			}
			release();
		}

	}

}
