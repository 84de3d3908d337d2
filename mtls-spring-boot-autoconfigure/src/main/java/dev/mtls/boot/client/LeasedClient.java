package dev.mtls.boot.client;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.boot.client.gate.RequestListener;

/**
 * A client of one generation with the number of requests that use it. Once it is retired
 * it is closed with the end of the last of them.
 *
 * @param <T> the type of the client
 */
final class LeasedClient<T> implements RequestListener {

	private static final int ENDED = -1;

	private final ClientGeneration generation;

	private final BuiltClient<T> built;

	private final AtomicInteger requests = new AtomicInteger();

	private volatile long retiredNanos;

	private volatile boolean retired;

	LeasedClient(ClientGeneration generation, BuiltClient<T> built) {
		this.generation = generation;
		this.built = built;
	}

	ClientGeneration generation() {
		return this.generation;
	}

	T client() {
		return this.built.client();
	}

	/**
	 * Run what follows the end of a body.
	 * @param task the task
	 */
	void whenConnectionIsReturned(Runnable task) {
		this.built.bodyEnd().execute(task);
	}

	/**
	 * What its pool holds.
	 * @return the counts, or {@code null} if the library does not tell
	 */
	@Nullable PoolCounts pool() {
		return (this.built.pool() != null) ? this.built.pool().get() : null;
	}

	/**
	 * Begin a request.
	 * @return {@code false} if the client is closed
	 */
	boolean lease() {
		for (int count = this.requests.get(); count != ENDED; count = this.requests.get()) {
			if (this.requests.compareAndSet(count, count + 1)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void failed(URI uri, Throwable failure) {
		ConnectionFailure.explain(failure, uri, this.generation);
	}

	@Override
	public void ended() {
		for (int count = this.requests.get(); count > 0; count = this.requests.get()) {
			if (this.requests.compareAndSet(count, count - 1)) {
				endIfUnused();
				return;
			}
		}
	}

	/**
	 * Close the client as soon as it is unused.
	 */
	void retire() {
		this.retiredNanos = System.nanoTime();
		this.retired = true;
		endIfUnused();
	}

	/**
	 * Close the client, whatever it is doing.
	 */
	void end() {
		if (this.requests.getAndSet(ENDED) != ENDED) {
			close();
		}
	}

	boolean endIfOverdue(long drainNanos) {
		if (!isEnded() && System.nanoTime() - this.retiredNanos > drainNanos) {
			end();
		}
		return isEnded();
	}

	boolean isEnded() {
		return this.requests.get() == ENDED;
	}

	private void endIfUnused() {
		if (this.retired && this.requests.compareAndSet(0, ENDED)) {
			close();
		}
	}

	// Libraries wait for their threads, and the caller may be one of them
	private void close() {
		Thread thread = new Thread(this.built.closer(), "mtls-client-close");
		thread.setDaemon(true);
		thread.start();
	}

}
