package dev.mtls.cli.tunnel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What signals do: HUP and USR1 reload, the first TERM or INT ends the tunnels in order,
 * and the second at once.
 */
final class TunnelSignals {

	private static final List<SystemSignal> RELOAD = List.of(new SystemSignal("HUP"), new SystemSignal("USR1"));

	private static final List<SystemSignal> END = List.of(new SystemSignal("TERM"), new SystemSignal("INT"));

	/** What a shell adds to the number of the signal that ended a process. */
	private static final int ENDED_BY_SIGNAL = 128;

	private final CompletableFuture<Runnable> reload = new CompletableFuture<>();

	private final CountDownLatch end = new CountDownLatch(1);

	/**
	 * Handle signals from now on. A reload waits until there is something to reload.
	 */
	void handle() {
		RELOAD.forEach((signal) -> signal.handle(() -> reload(signal)));
		END.forEach((signal) -> signal.handle(() -> end(signal)));
	}

	/**
	 * Say how to reload.
	 * @param action reads everything anew
	 */
	void reloadWith(Runnable action) {
		this.reload.complete(action);
	}

	/**
	 * Wait for a signal that ends the tunnels.
	 */
	void awaitEnd() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void reload(SystemSignal signal) {
		Runnable action = this.reload.join();
		log().info("SIG%s asks for a reload".formatted(signal.name()));
		action.run();
	}

	private void end(SystemSignal signal) {
		if (this.end.getCount() == 0) {
			Runtime.getRuntime().halt(ENDED_BY_SIGNAL + signal.number());
		}
		log().info("SIG%s asks to end".formatted(signal.name()));
		this.end.countDown();
	}

	// Not before the log is set up
	private static Log log() {
		return LogFactory.getLog(TunnelSignals.class);
	}

}
