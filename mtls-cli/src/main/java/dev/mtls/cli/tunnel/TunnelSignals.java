package dev.mtls.cli.tunnel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import sun.misc.Signal;

/**
 * What signals do: HUP and USR1 reload, the first TERM or INT ends the tunnels in order,
 * and the second at once.
 */
@SuppressWarnings("sunapi")
final class TunnelSignals {

	private static final List<String> RELOAD = List.of("HUP", "USR1");

	private static final List<String> END = List.of("TERM", "INT");

	/** What a shell adds to the number of the signal that ended a process. */
	private static final int ENDED_BY_SIGNAL = 128;

	private final CompletableFuture<Runnable> reload = new CompletableFuture<>();

	private final CountDownLatch end = new CountDownLatch(1);

	/**
	 * Handle signals from now on. A reload waits until there is something to reload.
	 */
	void handle() {
		RELOAD.forEach((signal) -> handle(signal, this::reload));
		END.forEach((signal) -> handle(signal, this::end));
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

	private void reload(Signal signal) {
		this.reload.thenAccept((action) -> {
			log().info("SIG%s asks for a reload".formatted(signal.getName()));
			action.run();
		});
	}

	private void end(Signal signal) {
		if (this.end.getCount() == 0) {
			Runtime.getRuntime().halt(ENDED_BY_SIGNAL + signal.getNumber());
		}
		log().info("SIG%s asks to end".formatted(signal.getName()));
		this.end.countDown();
	}

	// Not before the log is set up
	private static Log log() {
		return LogFactory.getLog(TunnelSignals.class);
	}

	private static void handle(String name, Consumer<Signal> handler) {
		try {
			Signal.handle(new Signal(name), handler::accept);
		}
		catch (IllegalArgumentException ex) {
			// There is no such signal here, or the runtime keeps it to itself
		}
	}

}
