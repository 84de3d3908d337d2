package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.FilteredHostException;

/**
 * {@link AsyncClientConnectionManager} that fails with a refusal as the
 * {@link IOException} that it is.
 */
final class GatedAsyncConnectionManager extends PoolControl implements AsyncClientConnectionManager {

	private final PoolingAsyncClientConnectionManager manager;

	private final AllowedAddresses addresses;

	GatedAsyncConnectionManager(PoolingAsyncClientConnectionManager manager, AllowedAddresses addresses) {
		super(manager);
		this.manager = manager;
		this.addresses = addresses;
	}

	@Override
	public Future<AsyncConnectionEndpoint> lease(String id, HttpRoute route, @Nullable Object state,
			@Nullable Timeout requestTimeout, FutureCallback<AsyncConnectionEndpoint> callback) {
		return this.manager.lease(id, route, state, requestTimeout, callback);
	}

	@Override
	public void release(AsyncConnectionEndpoint endpoint, @Nullable Object newState, TimeValue validDuration) {
		this.manager.release(endpoint, newState, validDuration);
	}

	@Override
	public Future<AsyncConnectionEndpoint> connect(AsyncConnectionEndpoint endpoint, ConnectionInitiator initiator,
			@Nullable Timeout connectTimeout, @Nullable Object attachment, @Nullable HttpContext context,
			FutureCallback<AsyncConnectionEndpoint> callback) {
		try {
			return this.manager.connect(endpoint, initiator, connectTimeout, attachment, context, callback);
		}
		catch (FilteredHostException ex) {
			SSLException refusal = this.addresses.refusal(ex);
			if (refusal == null) {
				throw ex;
			}
			callback.failed(refusal);
			return CompletableFuture.failedFuture(refusal);
		}
		finally {
			this.addresses.end();
		}
	}

	@Override
	public void upgrade(AsyncConnectionEndpoint endpoint, @Nullable Object attachment, @Nullable HttpContext context) {
		this.manager.upgrade(endpoint, attachment, context);
	}

	@Override
	public void upgrade(AsyncConnectionEndpoint endpoint, @Nullable Object attachment, @Nullable HttpContext context,
			FutureCallback<AsyncConnectionEndpoint> callback) {
		this.manager.upgrade(endpoint, attachment, context, callback);
	}

	@Override
	public void close(CloseMode closeMode) {
		this.manager.close(closeMode);
	}

	@Override
	public void close() {
		this.manager.close();
	}

}
