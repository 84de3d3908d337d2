package dev.mtls.socket;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import dev.mtls.source.Watcher;

/**
 * The threads of a context, which keep no JVM alive: a few for what has its time, one for
 * each task that blocks, and a few that ask for revocation.
 */
final class ContextThreads implements AutoCloseable {

	// One may walk the gates and one look for changes, and timeouts wait for neither
	private static final int TIMERS = 3;

	private static final int REVOCATION_THREADS = 4;

	private static final int MAX_REVOCATION_TASKS = 10_000;

	private static final Duration IDLE = Duration.ofSeconds(10);

	private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(TIMERS,
			daemons("mtls-context-"));

	private final ThreadPoolExecutor revocation = new ThreadPoolExecutor(REVOCATION_THREADS, REVOCATION_THREADS,
			IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_REVOCATION_TASKS),
			daemons("mtls-revocation-"));

	private final @Nullable ThreadFactory virtual = VirtualThreads.factory("mtls-connection-");

	private final ExecutorService platform = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE.toSeconds(),
			TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("mtls-connection-"));

	ContextThreads() {
		this.timers.setRemoveOnCancelPolicy(true);
		this.revocation.allowCoreThreadTimeOut(true);
	}

	/**
	 * Whether a task that blocks takes no thread of the operating system.
	 * @return whether the JDK has virtual threads
	 */
	boolean areVirtual() {
		return this.virtual != null;
	}

	/**
	 * Run a task that may block, on a thread of its own.
	 * @param task the task
	 * @throws RejectedExecutionException if the context is closed
	 */
	void run(Runnable task) {
		if (this.timers.isShutdown()) {
			throw new RejectedExecutionException("The context is closed");
		}
		if (this.virtual != null) {
			this.virtual.newThread(task).start();
		}
		else {
			this.platform.execute(task);
		}
	}

	/**
	 * Run a task soon, which is dropped once the context is closed.
	 * @param task the task, which does not block for long
	 */
	void runSoon(Runnable task) {
		try {
			this.timers.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// Nothing stands any more that would have to be looked at
		}
	}

	/**
	 * Run a task again and again.
	 * @param interval the pause between
	 * @param task the task
	 */
	void repeat(Duration interval, Runnable task) {
		new Watcher(this.timers, interval, task, ContextThreads::uncaught);
	}

	/**
	 * Run a task later. Once the context is closed it runs at once.
	 * @param delay the delay
	 * @param task the task, which does not block
	 * @return cancels the task
	 */
	Runnable later(Duration delay, Runnable task) {
		try {
			ScheduledFuture<?> future = this.timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
			return () -> future.cancel(false);
		}
		catch (RejectedExecutionException ex) {
			task.run();
			return () -> {
			};
		}
	}

	Executor revocation() {
		return this.revocation;
	}

	@Override
	public void close() {
		// Without an interrupt, which a reload would take for a broken file
		this.timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.timers.shutdown();
		this.platform.shutdown();
		this.revocation.shutdownNow();
	}

	static ThreadFactory daemons(String prefix) {
		AtomicLong number = new AtomicLong();
		return (task) -> {
			Thread thread = new Thread(task, prefix + number.getAndIncrement());
			thread.setDaemon(true);
			return thread;
		};
	}

	/**
	 * Tell what nobody catches, without ending the thread.
	 * @param failure what was thrown
	 */
	static void uncaught(Throwable failure) {
		Thread thread = Thread.currentThread();
		thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
	}

}
