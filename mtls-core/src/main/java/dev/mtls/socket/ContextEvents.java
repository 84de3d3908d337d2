package dev.mtls.socket;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.mtls.event.MtlsEvent;

/**
 * Tells every listener what happens. One that throws keeps no other from being told.
 */
final class ContextEvents implements Consumer<MtlsEvent> {

	private final List<Listener> listeners = new CopyOnWriteArrayList<>();

	Runnable add(Consumer<? super MtlsEvent> consumer) {
		Listener listener = new Listener(consumer);
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	@Override
	public void accept(MtlsEvent event) {
		for (Listener listener : this.listeners) {
			try {
				listener.consumer.accept(event);
			}
			catch (RuntimeException ex) {
				ContextThreads.uncaught(ex);
			}
		}
	}

	/**
	 * One registration: the same consumer may be registered twice, and removed once.
	 */
	private static final class Listener {

		private final Consumer<? super MtlsEvent> consumer;

		private Listener(Consumer<? super MtlsEvent> consumer) {
			this.consumer = consumer;
		}

	}

}
