package dev.mtls.boot.client.jdk;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The body of a response as the JDK publishes it, whose subscriber tells the exchange
 * when it has ended. For any {@link BodySubscriber} but its own the JDK changes threads
 * to ask for the body, as that might block. So the one that publishes is left alone, and
 * the body is followed where it is subscribed to.
 */
final class PublishedBody implements Publisher<List<ByteBuffer>> {

	private static final Class<?> PUBLISHER = BodySubscribers.ofPublisher().getClass();

	private static final AtomicIntegerFieldUpdater<PublishedBody> SUBSCRIBED = AtomicIntegerFieldUpdater
		.newUpdater(PublishedBody.class, "subscribed");

	private final Publisher<List<ByteBuffer>> body;

	private final FutureExchange<?> exchange;

	private volatile int subscribed;

	PublishedBody(Publisher<List<ByteBuffer>> body, FutureExchange<?> exchange) {
		this.body = body;
		this.exchange = exchange;
	}

	/**
	 * Whether a subscriber is the one with which the JDK publishes a body. To a body that
	 * is empty nobody needs to subscribe, so its end would not be told.
	 * @param subscriber the subscriber
	 * @param request the request
	 * @param response the response
	 * @return whether it is, and the response has a body
	 */
	static boolean isOf(BodySubscriber<?> subscriber, HttpRequest request, ResponseInfo response) {
		return subscriber.getClass() == PUBLISHER && !isEmpty(request, response);
	}

	// RFC 9110, sections 6.4.1 and 8.6
	private static boolean isEmpty(HttpRequest request, ResponseInfo response) {
		return request.method().equals("HEAD") || response.statusCode() == 204 || response.statusCode() == 304
				|| response.headers().allValues("Content-Length").contains("0");
	}

	@Override
	public void subscribe(Subscriber<? super List<ByteBuffer>> subscriber) {
		// Another one is turned away by the JDK, and the exchange is not its own
		boolean first = SUBSCRIBED.compareAndSet(this, 0, 1);
		this.body.subscribe(first ? new ExchangeSubscriber(subscriber, this.exchange) : subscriber);
	}

	/**
	 * Cancel the body unless somebody has subscribed to it.
	 */
	void cancel() {
		if (this.subscribed == 0) {
			subscribe(new Cancelling());
		}
	}

	/**
	 * Cancels what it subscribes to.
	 */
	private static final class Cancelling implements Subscriber<List<ByteBuffer>> {

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.cancel();
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onComplete() {
		}

	}

}
