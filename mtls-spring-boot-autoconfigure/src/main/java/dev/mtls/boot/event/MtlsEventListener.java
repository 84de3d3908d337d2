package dev.mtls.boot.event;

import dev.mtls.event.MtlsEvent;

/**
 * Is told what happens at the gates. Each bean of this type is told one event after the
 * other on a thread of its own, soon after it happened, so that one that is slow or
 * throws harms neither connections nor other listeners. Of a listener that is more than
 * {@value ListenerQueue#CAPACITY} events behind, further events are dropped and counted.
 *
 * @see ImmediateEventListener
 */
@FunctionalInterface
public interface MtlsEventListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onEvent(MtlsEvent event);

}
