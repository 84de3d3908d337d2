package dev.mtls.boot.client;

import java.io.IOException;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * {@link ClientHttpRequestInterceptor} that tries requests again as a {@link ClientRetry}
 * says.
 */
final class RetryInterceptor implements ClientHttpRequestInterceptor {

	private final ClientRetry retry;

	private final RetryTemplate template;

	RetryInterceptor(ClientRetry retry) {
		this.retry = retry;
		this.template = new RetryTemplate(RetryPolicy.builder()
			.maxRetries(retry.attempts() - 1L)
			.delay(retry.delay())
			.multiplier(retry.multiplier())
			.maxDelay(retry.maxDelay())
			.jitter(retry.delay().multipliedBy(Math.round(retry.jitter() * 1000)).dividedBy(1000))
			.predicate((failure) -> failure instanceof AnsweredException || retry.isRecoverable(failure))
			.build());
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		if (!this.retry.isFor(request.getMethod())) {
			return execution.execute(request, body);
		}
		int[] attempt = new int[1];
		try {
			return this.template.execute(() -> {
				attempt[0]++;
				ClientHttpResponse response = execution.execute(request, body);
				if (attempt[0] < this.retry.attempts() && this.retry.isRecoverable(response.getStatusCode().value())) {
					response.close();
					throw new AnsweredException();
				}
				return response;
			});
		}
		catch (RetryException ex) {
			throw thrownBy(ex.getLastException());
		}
	}

	private static IOException thrownBy(Throwable failure) {
		if (failure instanceof RuntimeException unchecked) {
			throw unchecked;
		}
		return (failure instanceof IOException io) ? io : new IOException(failure);
	}

	/**
	 * There was an answer, after which the request is tried again.
	 */
	private static final class AnsweredException extends IOException {

	}

}
