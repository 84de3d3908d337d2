package dev.mtls.gate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Refuses every peer of all gates that share it, and cuts those that are connected, while
 * it is engaged. Safe for use by any number of threads.
 */
public final class KillSwitch {

	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	private volatile boolean engaged;

	/**
	 * Create a switch.
	 * @param engaged whether it is engaged from the start
	 */
	public KillSwitch(boolean engaged) {
		this.engaged = engaged;
	}

	/**
	 * Whether every peer is refused.
	 * @return whether the switch is engaged
	 */
	public boolean isEngaged() {
		return this.engaged;
	}

	/**
	 * Engage or release the switch. When this returns no gate admits a peer any more, or
	 * every gate does again; connections are cut by each gate's own executor.
	 * @param engaged whether to refuse every peer
	 * @return whether that changed anything
	 */
	public synchronized boolean set(boolean engaged) {
		if (this.engaged == engaged) {
			return false;
		}
		this.engaged = engaged;
		this.listeners.forEach(Runnable::run);
		return true;
	}

	void onChange(Runnable listener) {
		this.listeners.add(listener);
	}

}
