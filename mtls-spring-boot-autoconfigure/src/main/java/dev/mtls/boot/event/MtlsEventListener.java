package dev.mtls.boot.event;

import dev.mtls.event.MtlsEvent;

/**
 * Is told what happens at the gates. Beans of this type are told in their order, on the
 * thread on which it happens: they must not block.
 */
@FunctionalInterface
public interface MtlsEventListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onEvent(MtlsEvent event);

}
