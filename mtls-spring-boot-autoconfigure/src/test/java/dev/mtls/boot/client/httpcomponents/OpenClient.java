package dev.mtls.boot.client.httpcomponents;

import java.util.function.UnaryOperator;

/**
 * A client that a test has opened.
 */
record OpenClient(UnaryOperator<String> getter, Runnable closer) implements AutoCloseable {

	String get(String url) {
		return this.getter.apply(url);
	}

	@Override
	public void close() {
		this.closer.run();
	}

}
