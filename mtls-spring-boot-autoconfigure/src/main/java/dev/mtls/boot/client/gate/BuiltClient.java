package dev.mtls.boot.client.gate;

/**
 * A client of an HTTP library that was built for one generation.
 *
 * @param <T> the type through which it is used
 * @param client the client
 * @param closer closes it, its pool and the connections in it; may block
 */
public record BuiltClient<T>(T client, Runnable closer) {
}
