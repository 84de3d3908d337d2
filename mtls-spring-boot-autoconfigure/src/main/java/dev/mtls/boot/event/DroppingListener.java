package dev.mtls.boot.event;

/**
 * A listener that drops events rather than to wait.
 */
interface DroppingListener extends MtlsEventListener {

	/**
	 * How many events were dropped.
	 * @return the number
	 */
	long dropped();

}
