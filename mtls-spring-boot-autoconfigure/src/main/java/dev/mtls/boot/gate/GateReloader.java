package dev.mtls.boot.gate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

	private final List<Runnable> checks = new CopyOnWriteArrayList<>();

	private final Duration interval;

	private final boolean enabled;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Create a reloader.
	 * @param interval the pause between two looks
	 * @param enabled whether to look at all
	 */
	public GateReloader(Duration interval, boolean enabled) {
		this.interval = interval;
		this.enabled = enabled;
	}

	/**
	 * Run a check at every look from now on.
	 * @param check the check
	 */
	public void add(Runnable check) {
		this.checks.add(check);
	}

	/**
	 * Look now, on the thread of the caller, whether or not this runs.
	 */
	public void reload() {
		look();
	}

	@Override
	public synchronized void start() {
		if (this.enabled && this.executor == null) {
			this.executor = Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread thread = new Thread(task, "mtls-reload");
				thread.setDaemon(true);
				return thread;
			});
			new Watcher(this.executor, this.interval, this::look, GateReloader::tell);
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

	private void look() {
		for (Runnable check : this.checks) {
			try {
				check.run();
			}
			catch (RuntimeException ex) {
				tell(ex);
			}
		}
	}

	private static void tell(Throwable failure) {
		logger.error("Looking for changes failed; it is tried again", failure);
	}

}
