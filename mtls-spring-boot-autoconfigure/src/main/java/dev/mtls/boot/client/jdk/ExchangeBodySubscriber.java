package dev.mtls.boot.client.jdk;

import java.net.http.HttpResponse.BodySubscriber;
import java.util.concurrent.CompletionStage;

/**
 * {@link ExchangeSubscriber} that passes a body on to the one that the caller has set.
 *
 * @param <T> the type of the body
 */
final class ExchangeBodySubscriber<T> extends ExchangeSubscriber implements BodySubscriber<T> {

	private final BodySubscriber<T> subscriber;

	ExchangeBodySubscriber(BodySubscriber<T> subscriber, FutureExchange<T> exchange) {
		super(subscriber, exchange);
		this.subscriber = subscriber;
	}

	@Override
	public CompletionStage<T> getBody() {
		return this.subscriber.getBody();
	}

}
