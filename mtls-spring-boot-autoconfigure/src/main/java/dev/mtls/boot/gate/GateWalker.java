package dev.mtls.boot.gate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import dev.mtls.gate.Gate;
import dev.mtls.source.Watcher;

/**
 * Walks the live connections of the gates on a thread of its own: after every change, and
 * often enough that an admission that runs out is noticed within a second.
 */
public final class GateWalker implements AutoCloseable {

	private static final Duration INTERVAL = Duration.ofMillis(500);

	private static final Log logger = LogFactory.getLog(GateWalker.class);

	private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "mtls-walk");
		thread.setDaemon(true);
		return thread;
	});

	private final Watcher watcher;

	/**
	 * Create a walker, which walks until it is closed.
	 */
	public GateWalker() {
		this.watcher = new Watcher(this.executor, INTERVAL, this::walk, GateWalker::tell);
	}

	/**
	 * Walk the connections of a gate from now on.
	 * @param gate the gate
	 */
	public void add(Gate gate) {
		add(gate::walk);
	}

	/**
	 * Run a task at every walk from now on.
	 * @param task the task, which must be quick
	 */
	public void add(Runnable task) {
		this.tasks.add(task);
	}

	/**
	 * Run a task. This is no {@link java.util.concurrent.Executor Executor}, since Spring
	 * Boot makes no {@code applicationTaskExecutor} where a bean is one.
	 * @param task the task
	 */
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Nothing is walked any more, the application is closing", ex);
		}
	}

	@Override
	public void close() {
		this.watcher.close();
		this.executor.shutdownNow();
	}

	private void walk() {
		for (Runnable task : this.tasks) {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				tell(ex);
			}
		}
	}

	private static void tell(Throwable failure) {
		logger.error("Walking the connections failed; it is tried again", failure);
	}

}
