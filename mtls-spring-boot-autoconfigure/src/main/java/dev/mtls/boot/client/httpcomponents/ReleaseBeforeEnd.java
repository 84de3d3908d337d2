package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/**
 * {@link AsyncExecChainHandler} that puts a connection back into the pool before it tells
 * that a response has ended. HttpComponents does it after, so that whoever goes on with
 * the next request at once finds no connection and pays for another handshake.
 */
final class ReleaseBeforeEnd implements AsyncExecChainHandler {

	@Override
	public void execute(HttpRequest request, @Nullable AsyncEntityProducer entityProducer, AsyncExecChain.Scope scope,
			AsyncExecChain chain, AsyncExecCallback callback) throws HttpException, IOException {
		chain.proceed(request, entityProducer, scope, new Exchange(scope, callback));
	}

	private static final class Exchange implements AsyncExecCallback, AsyncDataConsumer {

		private final AsyncExecChain.Scope scope;

		private final AsyncExecCallback callback;

		private @Nullable HttpResponse withoutEntity;

		private @Nullable AsyncDataConsumer consumer;

		private boolean ended;

		private @Nullable List<? extends Header> trailers;

		Exchange(AsyncExecChain.Scope scope, AsyncExecCallback callback) {
			this.scope = scope;
			this.callback = callback;
		}

		@Override
		public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entityDetails)
				throws HttpException, IOException {
			if (entityDetails == null && response.getCode() < HttpStatus.SC_CLIENT_ERROR) {
				this.withoutEntity = response;
				return null;
			}
			// An error also ends the request, which must not be told late
			this.consumer = this.callback.handleResponse(response, entityDetails);
			return (this.consumer != null) ? this : null;
		}

		@Override
		public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
			this.callback.handleInformationResponse(response);
		}

		@Override
		public void completed() {
			this.scope.execRuntime.releaseEndpoint();
			try {
				if (this.withoutEntity != null) {
					this.callback.handleResponse(this.withoutEntity, null);
				}
				else if (this.ended && this.consumer != null) {
					this.consumer.streamEnd(this.trailers);
				}
			}
			catch (HttpException | IOException ex) {
				this.callback.failed(ex);
				return;
			}
			this.callback.completed();
		}

		@Override
		public void failed(Exception cause) {
			this.callback.failed(cause);
		}

		@Override
		public void updateCapacity(CapacityChannel capacityChannel) throws IOException {
			if (this.consumer != null) {
				this.consumer.updateCapacity(capacityChannel);
			}
		}

		@Override
		public void consume(ByteBuffer data) throws IOException {
			if (this.consumer != null) {
				this.consumer.consume(data);
			}
		}

		@Override
		public void streamEnd(@Nullable List<? extends Header> trailers) {
			this.ended = true;
			this.trailers = trailers;
		}

		@Override
		public void releaseResources() {
			if (this.consumer != null) {
				this.consumer.releaseResources();
			}
		}

	}

}
