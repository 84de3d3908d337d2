package dev.mtls.boot.client.httpcomponents;

import java.io.IOException;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.FilteredHostException;

/**
 * {@link HttpClientConnectionManager} that throws a refusal as the {@link IOException}
 * that it is, and notices when connections are closed.
 */
final class GatedConnectionManager extends PoolControl implements HttpClientConnectionManager {

	private final PoolingHttpClientConnectionManager manager;

	private final AllowedAddresses addresses;

	private final LiveSockets connections;

	GatedConnectionManager(PoolingHttpClientConnectionManager manager, AllowedAddresses addresses,
			LiveSockets connections) {
		super(manager);
		this.manager = manager;
		this.addresses = addresses;
		this.connections = connections;
	}

	@Override
	public LeaseRequest lease(String id, HttpRoute route, @Nullable Timeout requestTimeout, @Nullable Object state) {
		return this.manager.lease(id, route, requestTimeout, state);
	}

	@Override
	public void release(ConnectionEndpoint endpoint, @Nullable Object newState, TimeValue validDuration) {
		boolean connected = endpoint.isConnected();
		this.manager.release(endpoint, newState, validDuration);
		if (!connected) {
			this.connections.forgetClosed();
		}
	}

	@Override
	public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue connectTimeout, HttpContext context)
			throws IOException {
		try {
			this.manager.connect(endpoint, connectTimeout, context);
		}
		catch (FilteredHostException ex) {
			SSLException refusal = this.addresses.refusal(ex);
			if (refusal != null) {
				throw refusal;
			}
			throw ex;
		}
		catch (ServerRefusedException ex) {
			throw ex.refusal();
		}
		finally {
			this.addresses.end();
		}
	}

	@Override
	public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
		try {
			this.manager.upgrade(endpoint, context);
		}
		catch (ServerRefusedException ex) {
			throw ex.refusal();
		}
	}

	@Override
	public void closeIdle(TimeValue idleTime) {
		super.closeIdle(idleTime);
		this.connections.forgetClosed();
	}

	@Override
	public void closeExpired() {
		super.closeExpired();
		this.connections.forgetClosed();
	}

	@Override
	public void close(CloseMode closeMode) {
		this.manager.close(closeMode);
		this.connections.forgetClosed();
	}

	@Override
	public void close() {
		this.manager.close();
		this.connections.forgetClosed();
	}

}
