package dev.mtls.boot.client;

import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * {@link ExchangeFilterFunction} that tries requests again as a {@link ClientRetry} says.
 */
final class RetryExchangeFilter implements ExchangeFilterFunction {

	private final ClientRetry retry;

	private final Retry backoff;

	RetryExchangeFilter(ClientRetry retry) {
		this.retry = retry;
		this.backoff = Retry.backoff(retry.attempts() - 1L, retry.delay())
			.multiplier(retry.multiplier())
			.maxBackoff(retry.maxDelay())
			.jitter(retry.jitter())
			.filter((failure) -> failure instanceof AnsweredException || retry.isRecoverable(failure))
			.onRetryExhaustedThrow((spec, signal) -> signal.failure());
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		if (!this.retry.isFor(request.method())) {
			return next.exchange(request);
		}
		return Mono.defer(() -> {
			AtomicInteger attempts = new AtomicInteger();
			return Mono.defer(() -> {
				int attempt = attempts.incrementAndGet();
				return next.exchange(request).flatMap((response) -> checked(response, attempt));
			}).retryWhen(this.backoff);
		});
	}

	private Mono<ClientResponse> checked(ClientResponse response, int attempt) {
		return (attempt < this.retry.attempts() && this.retry.isRecoverable(response.statusCode().value()))
				? response.releaseBody().then(Mono.error(AnsweredException::new)) : Mono.just(response);
	}

	/**
	 * There was an answer, after which the request is tried again.
	 */
	private static final class AnsweredException extends RuntimeException {

		private AnsweredException() {
			super(null, null, false, false);
		}

	}

}
