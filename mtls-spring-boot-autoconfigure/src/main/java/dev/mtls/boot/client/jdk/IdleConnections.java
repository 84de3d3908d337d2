package dev.mtls.boot.client.jdk;

import java.net.URI;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Closes idle connections of a client whose engines let nothing pass any more. The JDK
 * closes them when a request is about to be written to them.
 */
final class IdleConnections {

	private static final Log logger = LogFactory.getLog(IdleConnections.class);

	private static final int ATTEMPTS = 3;

	// One thread, and only while there is something to close
	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), (task) -> {
				Thread thread = new Thread(task, "mtls-client-cut");
				thread.setDaemon(true);
				return thread;
			});

	private final Probe probe;

	IdleConnections(Probe probe) {
		this.probe = probe;
		this.executor.allowCoreThreadTimeOut(true);
	}

	void close(GatedSslEngine engine) {
		this.executor.execute(() -> {
			for (int i = 0; i < ATTEMPTS && engine.isOpen(); i++) {
				try {
					this.probe
						.request(URI.create("https://%s:%d/".formatted(engine.getPeerHost(), engine.getPeerPort())));
				}
				catch (Exception ex) {
					logger.trace("A connection was closed by a request that failed, as it should", ex);
				}
			}
		});
	}

	/**
	 * A request that uses the client's pool.
	 */
	@FunctionalInterface
	interface Probe {

		/**
		 * Begin a request and wait for its failure.
		 * @param uri where to send it to
		 * @throws Exception if it fails, as is expected
		 */
		void request(URI uri) throws Exception;

	}

}
