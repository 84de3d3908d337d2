package dev.mtls.socket;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Something that runs on a thread of its own.
 *
 * @param <T> what it comes to
 */
final class Background<T> {

	private final CompletableFuture<T> result = new CompletableFuture<>();

	private final Thread thread;

	private Background(Callable<T> task) {
		this.thread = new Thread(() -> {
			try {
				this.result.complete(task.call());
			}
			catch (Throwable ex) {
				this.result.completeExceptionally(ex);
			}
		}, "background");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	static <T> Background<T> run(Callable<T> task) {
		return new Background<>(task);
	}

	T get() throws Exception {
		return this.result.get(20, TimeUnit.SECONDS);
	}

	Throwable failure() throws Exception {
		try {
			throw new AssertionError("It came to " + get());
		}
		catch (ExecutionException ex) {
			return Objects.requireNonNull(ex.getCause());
		}
	}

	/**
	 * Wait until the thread waits for a lock or a condition.
	 */
	void awaitBlocked() {
		Parties.await(() -> this.thread.getState() == Thread.State.WAITING
				|| this.thread.getState() == Thread.State.TIMED_WAITING);
	}

	void interrupt() {
		this.thread.interrupt();
	}

}
