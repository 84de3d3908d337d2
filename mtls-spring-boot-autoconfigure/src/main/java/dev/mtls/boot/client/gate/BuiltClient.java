package dev.mtls.boot.client.gate;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A client of an HTTP library that was built for one generation.
 *
 * @param <T> the type through which it is used
 * @param client the client
 * @param closer closes it, its pool and the connections in it; may block
 * @param pool counts what its pool holds, or {@code null} where the library does not tell
 * @param bodyEnd runs what follows the end of a body when its connection is back in the
 * pool
 */
public record BuiltClient<T>(T client, Runnable closer, @Nullable Supplier<PoolCounts> pool, Executor bodyEnd) {

	/**
	 * Create a client of a library that returns a connection to its pool before the body
	 * ends.
	 * @param client the client
	 * @param closer closes it, its pool and the connections in it; may block
	 * @param pool counts what its pool holds
	 */
	public BuiltClient(T client, Runnable closer, @Nullable Supplier<PoolCounts> pool) {
		this(client, closer, pool, Runnable::run);
	}

	/**
	 * Create a client of a library that does not tell what its pool holds.
	 * @param client the client
	 * @param closer closes it, its pool and the connections in it; may block
	 */
	public BuiltClient(T client, Runnable closer) {
		this(client, closer, null);
	}

}
