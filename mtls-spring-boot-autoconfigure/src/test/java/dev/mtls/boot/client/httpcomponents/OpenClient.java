package dev.mtls.boot.client.httpcomponents;

import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * A client that a test has opened.
 */
record OpenClient(UnaryOperator<String> getter, BinaryOperator<String> poster,
		Runnable closer) implements AutoCloseable {

	String get(String url) {
		return this.getter.apply(url);
	}

	String post(String url, String body) {
		return this.poster.apply(url, body);
	}

	@Override
	public void close() {
		this.closer.run();
	}

}
