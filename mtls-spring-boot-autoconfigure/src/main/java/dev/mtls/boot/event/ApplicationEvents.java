package dev.mtls.boot.event;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

import dev.mtls.event.MtlsEvent;

/**
 * Publishes events in the application, for {@code @EventListener} methods, on a thread of
 * its own. Those from before the application is ready for that are published when it is.
 */
public final class ApplicationEvents
		implements ImmediateEventListener, DroppingListener, SmartLifecycle, AutoCloseable {

	private static final int MAX_EARLY = 1000;

	private final ListenerQueue queue;

	private @Nullable List<MtlsEvent> early = new ArrayList<>();

	private boolean running;

	/**
	 * Create it.
	 * @param publisher publishes them
	 */
	public ApplicationEvents(ApplicationEventPublisher publisher) {
		this.queue = new ListenerQueue(publisher::publishEvent);
	}

	@Override
	public synchronized void onEvent(MtlsEvent event) {
		if (this.running) {
			this.queue.onEvent(event);
		}
		else if (this.early != null && this.early.size() < MAX_EARLY) {
			this.early.add(event);
		}
	}

	@Override
	public synchronized void start() {
		this.running = true;
		if (this.early != null) {
			this.early.forEach(this.queue::onEvent);
			this.early = null;
		}
	}

	@Override
	public synchronized void stop() {
		this.running = false;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/**
	 * Before a server accepts connections.
	 */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	@Override
	public long dropped() {
		return this.queue.dropped();
	}

	/**
	 * Publish nothing any more, and wait a moment for what waits.
	 */
	@Override
	public void close() {
		this.queue.close();
	}

}
