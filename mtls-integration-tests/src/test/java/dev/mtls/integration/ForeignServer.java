package dev.mtls.integration;

/**
 * A server that was started by hand, with TLS of its own, and serves a
 * {@link TestApplication}.
 */
interface ForeignServer extends AutoCloseable {

	int port();

	<T> T bean(Class<T> type);

	@Override
	void close();

}
