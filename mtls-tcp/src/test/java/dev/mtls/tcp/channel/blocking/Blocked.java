package dev.mtls.tcp.channel.blocking;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.mtls.tcp.Site;

/**
 * Something that blocks on a thread of its own.
 */
final class Blocked {

	private final CompletableFuture<Object> outcome = new CompletableFuture<>();

	private final Thread thread;

	Blocked(Callable<?> task) {
		this.thread = new Thread(() -> {
			try {
				this.outcome.complete(Objects.requireNonNullElse(task.call(), "null"));
			}
			catch (Throwable ex) {
				this.outcome.completeExceptionally(ex);
			}
		}, "blocked");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Wait until the thread is in a read or write of a socket.
	 */
	void awaitRunning() {
		Site.await(this::isInSocket);
	}

	/**
	 * Wait until the thread is in the poll of one write for some time, as it is when the
	 * peer takes nothing.
	 */
	void awaitStuck() {
		int[] inRow = { 0 };
		Site.await(() -> {
			inRow[0] = isInSocket() ? inRow[0] + 1 : 0;
			return inRow[0] > 200;
		});
	}

	/**
	 * Wait until the thread waits for a lock or a condition.
	 */
	void awaitWaiting() {
		Site.await(() -> this.thread.getState() == Thread.State.WAITING
				|| this.thread.getState() == Thread.State.TIMED_WAITING);
	}

	void interrupt() {
		this.thread.interrupt();
	}

	Object get() throws Exception {
		return Ends.get(this.outcome);
	}

	Throwable failure() throws Exception {
		return Ends.failure(this.outcome);
	}

	private boolean isInSocket() {
		StackTraceElement[] stack = this.thread.getStackTrace();
		return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getClassName().startsWith("sun.nio.ch.");
	}

}
