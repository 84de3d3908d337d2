package dev.mtls.boot.client.jetty;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

import dev.mtls.boot.client.gate.DelegatingRequest;
import dev.mtls.boot.client.gate.DelegatingResponse;

/**
 * Has a response closed only after its connection is back in the pool, so that requests
 * one after the other use one connection. Jetty completes an exchange with that, a moment
 * after the body has ended.
 */
final class ReturnedConnections {

	private static final long MAX_WAIT_MILLIS = 100;

	// Jetty queues a request on the thread that sends it
	private static final ThreadLocal<@Nullable CountDownLatch> SENDING = new ThreadLocal<>();

	void customize(HttpClient client) {
		client.getRequestListeners().addQueuedListener(this::queued);
	}

	ClientHttpRequestFactory awaitedBy(ClientHttpRequestFactory factory) {
		return (uri, method) -> new AwaitingRequest(factory.createRequest(uri, method));
	}

	private void queued(Request request) {
		CountDownLatch completed = SENDING.get();
		if (completed != null) {
			request.onComplete((result) -> completed.countDown());
		}
	}

	/**
	 * A request whose response waits for its connection.
	 */
	private static final class AwaitingRequest extends DelegatingRequest {

		private AwaitingRequest(ClientHttpRequest request) {
			super(request);
		}

		@Override
		public ClientHttpResponse execute() throws IOException {
			CountDownLatch completed = new CountDownLatch(1);
			SENDING.set(completed);
			try {
				return new AwaitingResponse(this.request.execute(), completed);
			}
			finally {
				SENDING.remove();
			}
		}

	}

	/**
	 * A response that waits for its connection when it is closed.
	 */
	private static final class AwaitingResponse extends DelegatingResponse {

		private final CountDownLatch completed;

		private AwaitingResponse(ClientHttpResponse response, CountDownLatch completed) {
			super(response);
			this.completed = completed;
		}

		@Override
		public void close() {
			this.response.close();
			try {
				if (!this.completed.await(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
					return;
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
