package dev.mtls.tcp.channel.blocking;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.mtls.tcp.client.Backoff;

/**
 * The waits between attempts to connect, each twice as long as the one before.
 */
final class Waits {

	private final Backoff backoff;

	private long attempts;

	private Duration next;

	Waits(Backoff backoff) {
		this.backoff = backoff;
		this.next = backoff.first();
	}

	/**
	 * Begin anew, as after an attempt that succeeded.
	 */
	void reset() {
		this.attempts = 0;
		this.next = this.backoff.first();
	}

	/**
	 * Whether there was no wait since they began anew.
	 * @return whether the next one is the first
	 */
	boolean areNew() {
		return this.attempts == 0;
	}

	/**
	 * Whether there are more attempts.
	 * @return whether there is a next one
	 */
	boolean areLeft() {
		return this.attempts < this.backoff.attempts();
	}

	/**
	 * Wait before the next attempt.
	 * @return {@code false}, without a wait, if there are no more attempts
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean await() throws InterruptedException {
		if (!areLeft()) {
			return false;
		}
		this.attempts++;
		Thread.sleep(Math.max(1, jittered(this.next).toMillis()));
		this.next = doubled();
		return true;
	}

	private Duration doubled() {
		Duration half = this.backoff.max().dividedBy(2);
		return (this.next.compareTo(half) > 0) ? this.backoff.max() : this.next.multipliedBy(2);
	}

	private Duration jittered(Duration wait) {
		double factor = 1 + this.backoff.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
		Duration changed = Duration.ofMillis(Math.round(wait.toMillis() * factor));
		if (changed.compareTo(this.backoff.first()) < 0) {
			return this.backoff.first();
		}
		return (changed.compareTo(this.backoff.max()) > 0) ? this.backoff.max() : changed;
	}

}
