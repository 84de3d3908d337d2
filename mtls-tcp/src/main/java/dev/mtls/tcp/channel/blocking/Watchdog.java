package dev.mtls.tcp.channel.blocking;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Resets a connection on which something takes too long. It runs on the timer of the JDK,
 * because a reset blocks nobody.
 */
final class Watchdog {

	private final CompletableFuture<Boolean> timer = new CompletableFuture<>();

	Watchdog(Duration timeout, Transport transport) {
		CompletableFuture<Void> unused = this.timer.thenRun(transport::reset);
		this.timer.completeOnTimeout(true, timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	boolean hasFired() {
		return this.timer.isDone() && !this.timer.isCancelled();
	}

	/**
	 * Let the connection be, unless it was reset already.
	 */
	void cancel() {
		this.timer.cancel(false);
	}

}
