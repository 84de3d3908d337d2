package dev.mtls.boot.gate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

import dev.mtls.source.Watcher;

/**
 * Runs checks for changes, such as {@link dev.mtls.gate.Gate#reload()}, at an interval
 * while the application runs.
 */
public final class GateReloader implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(GateReloader.class);

	private final List<Runnable> checks;

	private final Duration interval;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Create a reloader.
	 * @param checks the checks, run in this order
	 * @param interval the pause between two looks
	 */
	public GateReloader(List<Runnable> checks, Duration interval) {
		this.checks = List.copyOf(checks);
		this.interval = interval;
	}

	@Override
	public synchronized void start() {
		if (this.executor == null) {
			this.executor = Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread thread = new Thread(task, "mtls-reload");
				thread.setDaemon(true);
				return thread;
			});
			for (Runnable check : this.checks) {
				new Watcher(this.executor, this.interval, check,
						(failure) -> logger.error("Looking for changes failed; it is tried again", failure));
			}
		}
	}

	@Override
	public synchronized void stop() {
		if (this.executor != null) {
			// Without an interrupt, which a reload would take for a broken file
			this.executor.shutdown();
			this.executor = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.executor != null;
	}

	/**
	 * Start before, and stop after, the web server.
	 */
	@Override
	public int getPhase() {
		return 0;
	}

}
