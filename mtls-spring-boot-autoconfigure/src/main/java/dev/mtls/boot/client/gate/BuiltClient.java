package dev.mtls.boot.client.gate;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A client of an HTTP library that was built for one generation.
 *
 * @param <T> the type through which it is used
 * @param client the client
 * @param closer closes it, its pool and the connections in it; may block
 * @param pool counts what its pool holds, or {@code null} where the library does not tell
 */
public record BuiltClient<T>(T client, Runnable closer, @Nullable Supplier<PoolCounts> pool) {

	/**
	 * Create a client of a library that does not tell what its pool holds.
	 * @param client the client
	 * @param closer closes it, its pool and the connections in it; may block
	 */
	public BuiltClient(T client, Runnable closer) {
		this(client, closer, null);
	}

}
