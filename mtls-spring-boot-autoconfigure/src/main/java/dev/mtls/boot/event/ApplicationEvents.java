package dev.mtls.boot.event;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

import dev.mtls.event.MtlsEvent;

/**
 * Publishes events in the application, for {@code @EventListener} methods. Those from
 * before the application is ready for that are published when it is.
 */
public final class ApplicationEvents implements MtlsEventListener, SmartLifecycle {

	private static final int MAX_EARLY = 1000;

	private final ApplicationEventPublisher publisher;

	private @Nullable List<MtlsEvent> early = new ArrayList<>();

	private boolean running;

	/**
	 * Create it.
	 * @param publisher publishes them
	 */
	public ApplicationEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onEvent(MtlsEvent event) {
		if (isPublished(event)) {
			this.publisher.publishEvent(event);
		}
	}

	@Override
	public synchronized void start() {
		this.running = true;
		if (this.early != null) {
			this.early.forEach(this.publisher::publishEvent);
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

	private synchronized boolean isPublished(MtlsEvent event) {
		if (this.early != null && this.early.size() < MAX_EARLY) {
			this.early.add(event);
		}
		return this.running;
	}

}
