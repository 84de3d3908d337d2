package dev.mtls.boot.event;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.event.MtlsEvent;

/**
 * Tells every {@link MtlsEventListener}. A listener that throws or blocks harms neither
 * the others nor the connection, unless it is an {@link ImmediateEventListener}, which
 * may throw but not block.
 */
public final class MtlsEventMulticaster implements Consumer<MtlsEvent>, AutoCloseable {

	private static final Log logger = LogFactory.getLog(MtlsEventMulticaster.class);

	private final List<MtlsEventListener> listeners;

	/**
	 * Create a multicaster.
	 * @param listeners the listeners in their order
	 */
	public MtlsEventMulticaster(List<MtlsEventListener> listeners) {
		this.listeners = listeners.stream()
			.map((listener) -> (listener instanceof ImmediateEventListener) ? listener : new ListenerQueue(listener))
			.toList();
	}

	@Override
	public void accept(MtlsEvent event) {
		for (MtlsEventListener listener : this.listeners) {
			try {
				listener.onEvent(event);
			}
			catch (Throwable ex) {
				logger.error("Listener %s failed on %s".formatted(listener.getClass().getName(),
						event.getClass().getSimpleName()), ex);
			}
		}
	}

	/**
	 * How many events were dropped because their listener was too far behind, each once
	 * for each such listener.
	 * @return the number
	 */
	public long dropped() {
		return of(DroppingListener.class).mapToLong(DroppingListener::dropped).sum();
	}

	/**
	 * Tell no further events but to {@link ImmediateEventListener}s, and wait a moment
	 * for those that wait.
	 */
	@Override
	public void close() {
		of(ListenerQueue.class).forEach(ListenerQueue::close);
	}

	private <T> Stream<T> of(Class<T> type) {
		return this.listeners.stream().filter(type::isInstance).map(type::cast);
	}

}
