package dev.mtls.boot.event;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.mtls.event.MtlsEvent;

/**
 * Tells one listener of events, one after the other on a thread that is there while there
 * are any. Never waits: what the listener is too far behind for is dropped and counted.
 */
final class ListenerQueue implements DroppingListener, AutoCloseable {

	/**
	 * How many events a listener may be behind.
	 */
	static final int CAPACITY = 4096;

	private static final Duration PAUSE = Duration.ofSeconds(10);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private static final Log logger = LogFactory.getLog(ListenerQueue.class);

	private final LongAdder dropped = new LongAdder();

	private final MtlsEventListener listener;

	private final ThreadPoolExecutor thread;

	private volatile @Nullable Instant warned;

	ListenerQueue(MtlsEventListener listener) {
		this.listener = listener;
		this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CAPACITY),
				ListenerQueue::thread, (task, executor) -> drop());
		this.thread.allowCoreThreadTimeOut(true);
	}

	@Override
	public void onEvent(MtlsEvent event) {
		this.thread.execute(() -> tell(event));
	}

	@Override
	public long dropped() {
		return this.dropped.sum();
	}

	/**
	 * Tell no further events, and wait a moment for those that wait.
	 */
	@Override
	public void close() {
		this.thread.shutdown();
		try {
			if (!this.thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				this.thread.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.thread.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	private void tell(MtlsEvent event) {
		try {
			this.listener.onEvent(event);
		}
		catch (Exception ex) {
			logger.error("Listener %s failed on %s".formatted(this.listener.getClass().getName(),
					event.getClass().getSimpleName()), ex);
		}
	}

	private void drop() {
		this.dropped.increment();
		Instant now = Instant.now();
		Instant before = this.warned;
		if (!this.thread.isShutdown() && (before == null || now.isAfter(before.plus(PAUSE)))) {
			this.warned = now;
			logger.warn("Listener %s is more than %d events behind, %d were dropped so far"
				.formatted(this.listener.getClass().getName(), CAPACITY, dropped()));
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "mtls-events");
		thread.setDaemon(true);
		return thread;
	}

}
