package dev.mtls.boot.client.jetty;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection from the pool until its server is admitted. By itself Jetty begins
 * the handshake with the first request, which then fails with whatever one of two threads
 * sees first: why the server was refused, or that the connection is closed.
 */
final class ConnectionPromise implements Promise<Connection> {

	private final Promise<Connection> pool;

	private final AtomicBoolean done = new AtomicBoolean();

	private volatile @Nullable Runnable handshake;

	private volatile @Nullable Runnable ready;

	private volatile @Nullable Connection connection;

	private volatile boolean admitted;

	private ConnectionPromise(Promise<Connection> pool) {
		this.pool = pool;
	}

	/**
	 * Take the place of the promise of a connection that is about to be made.
	 * @param context the context of the connection
	 * @return the promise, or {@code null} if nobody waits for the connection
	 */
	@SuppressWarnings("unchecked")
	static @Nullable ConnectionPromise replace(Map<String, Object> context) {
		if (!(context.get(Connection.PROMISE_CONTEXT_KEY) instanceof Promise<?> pool)) {
			return null;
		}
		ConnectionPromise promise = new ConnectionPromise((Promise<Connection>) pool);
		context.put(Connection.PROMISE_CONTEXT_KEY, promise);
		context.put(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY,
				Promise.<org.eclipse.jetty.io.Connection>from((opened) -> {
				}, promise::failed));
		return promise;
	}

	/**
	 * Tell what to do with the connection.
	 * @param handshake starts the handshake
	 * @param ready is run when the connection is about to be handed to the pool
	 */
	void onOpen(Runnable handshake, Runnable ready) {
		this.handshake = handshake;
		this.ready = ready;
	}

	/**
	 * Called when the HTTP connection is there: before the handshake, or after it where a
	 * protocol was negotiated.
	 */
	@Override
	public void succeeded(Connection connection) {
		this.connection = connection;
		Runnable handshake = this.handshake;
		if (this.admitted || handshake == null) {
			complete(connection);
		}
		else {
			handshake.run();
		}
	}

	/**
	 * Hand the connection to the pool.
	 */
	void admitted() {
		this.admitted = true;
		Connection connection = this.connection;
		if (connection != null) {
			complete(connection);
		}
	}

	/**
	 * Called perhaps more than once. Jetty would go on with the next address, and forget
	 * why this one failed.
	 */
	@Override
	public void failed(Throwable failure) {
		if (this.done.compareAndSet(false, true)) {
			((this.pool instanceof Promise.Wrapper<Connection> next) ? next.getWrapped() : this.pool).failed(failure);
		}
	}

	private void complete(Connection connection) {
		if (this.done.compareAndSet(false, true)) {
			Runnable ready = this.ready;
			if (ready != null) {
				ready.run();
			}
			this.pool.succeeded(connection);
		}
	}

}
