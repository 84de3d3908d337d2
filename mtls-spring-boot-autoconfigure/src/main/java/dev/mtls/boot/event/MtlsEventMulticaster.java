package dev.mtls.boot.event;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.event.MtlsEvent;

/**
 * Tells every {@link MtlsEventListener}. A listener that throws harms neither the others
 * nor the connection.
 */
public final class MtlsEventMulticaster implements Consumer<MtlsEvent> {

	private static final Log logger = LogFactory.getLog(MtlsEventMulticaster.class);

	private final List<MtlsEventListener> listeners;

	/**
	 * Create a multicaster.
	 * @param listeners the listeners in their order
	 */
	public MtlsEventMulticaster(List<MtlsEventListener> listeners) {
		this.listeners = List.copyOf(listeners);
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

}
