package dev.mtls.cli.tunnel;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a test has opened, to be closed in the opposite order.
 */
final class Opened {

	private final Deque<AutoCloseable> opened = new ArrayDeque<>();

	<T extends AutoCloseable> T add(T closeable) {
		this.opened.push(closeable);
		return closeable;
	}

	void close() throws Exception {
		while (!this.opened.isEmpty()) {
			this.opened.pop().close();
		}
	}

}
