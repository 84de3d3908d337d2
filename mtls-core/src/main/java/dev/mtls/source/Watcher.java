package dev.mtls.source;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a check again and again, with a fixed pause after each run. Closing it stops it; a
 * check that is running then comes to its end.
 */
public final class Watcher implements AutoCloseable {

	private final Runnable check;

	private final Consumer<? super Throwable> failures;

	private final ScheduledFuture<?> future;

	/**
	 * Start watching. The first check runs after the first pause.
	 * @param executor runs the check; it stays the caller's
	 * @param interval the pause between two checks
	 * @param check the check
	 * @param failures is given what the check throws; the next check runs all the same
	 * @throws IllegalArgumentException when the interval is not positive
	 */
	public Watcher(ScheduledExecutorService executor, Duration interval, Runnable check,
			Consumer<? super Throwable> failures) {
		this.check = check;
		this.failures = failures;
		this.future = executor.scheduleWithFixedDelay(this::run, interval.toNanos(), interval.toNanos(),
				TimeUnit.NANOSECONDS);
	}

	@Override
	public void close() {
		this.future.cancel(false);
	}

	private void run() {
		try {
			this.check.run();
		}
		catch (Throwable ex) {
			report(ex);
		}
	}

	private void report(Throwable failure) {
		try {
			this.failures.accept(failure);
		}
		catch (RuntimeException ex) {
			// An executor ends a task that throws, and nobody would watch from then on
		}
	}

}
