package dev.mtls.boot.client;

import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import reactor.core.publisher.Flux;

/**
 * What a reactive request holds of its client: until it has failed, or until the body of
 * its response has ended, whichever way.
 */
final class ReactiveLease {

	private final AtomicBoolean open = new AtomicBoolean(true);

	private final LeasedClient<ClientHttpConnector> leased;

	private volatile boolean answered;

	ReactiveLease(LeasedClient<ClientHttpConnector> leased) {
		this.leased = leased;
	}

	ClientHttpConnector client() {
		return this.leased.client();
	}

	ClientHttpResponse whileReading(ClientHttpResponse response) {
		this.answered = true;
		return new LeasedResponse(response);
	}

	void requestEnded() {
		if (!this.answered) {
			release();
		}
	}

	private void release() {
		if (this.open.compareAndSet(true, false)) {
			this.leased.release();
		}
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
			return super.getBody().doFinally((signal) -> release());
		}

	}

}
