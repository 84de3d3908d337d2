package dev.mtls.boot.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.mtls.boot.client.gate.BuiltClient;
import dev.mtls.boot.client.gate.ClientGeneration;
import dev.mtls.boot.client.gate.PoolCounts;
import dev.mtls.gate.Gate;

/**
 * Builds a client anew whenever its gate's generation has changed. The next request uses
 * the new one; the old one is closed when the requests that have begun on it have ended,
 * or when the drain time is over.
 *
 * @param <T> the type of the client
 */
final class Rotation<T> implements AutoCloseable {

	private final Gate gate;

	private final Function<ClientGeneration, BuiltClient<T>> builder;

	private final long drainNanos;

	private final Queue<LeasedClient<T>> draining = new ConcurrentLinkedQueue<>();

	private volatile LeasedClient<T> current;

	private boolean closed;

	/**
	 * Build the first client.
	 * @param gate the gate
	 * @param builder builds a client for a generation
	 * @param drainTime how long requests may go on after their client was replaced
	 */
	Rotation(Gate gate, Function<ClientGeneration, BuiltClient<T>> builder, Duration drainTime) {
		this.gate = gate;
		this.builder = builder;
		this.drainNanos = drainTime.toNanos();
		this.current = build();
	}

	/**
	 * Take the current client for a request.
	 * @return the client, to be given back when the request has ended
	 */
	LeasedClient<T> lease() {
		LeasedClient<T> client = this.current;
		while (!client.generation().isCurrent() || !client.lease()) {
			client = rotate();
		}
		return client;
	}

	/**
	 * The current client, for what is no request.
	 * @return the client
	 */
	T current() {
		return (this.current.generation().isCurrent() ? this.current : rotate()).client();
	}

	/**
	 * Replace the client if the generation has changed, and cut what drains for too long.
	 * To be called at least each second, so that a client without requests follows too.
	 */
	void check() {
		if (!this.current.generation().isCurrent()) {
			rotate();
		}
		this.draining.removeIf((client) -> client.endIfOverdue(this.drainNanos));
	}

	/**
	 * The number of replaced clients that still have requests.
	 * @return the number
	 */
	int draining() {
		return this.draining.size();
	}

	/**
	 * What the pools hold: that of the current client, and those of replaced ones that
	 * still have requests.
	 * @return the counts, none if the library does not tell
	 */
	Stream<PoolCounts> pools() {
		return Stream.concat(Stream.of(this.current), this.draining.stream().filter((client) -> !client.isEnded()))
			.map(LeasedClient::pool)
			.filter(Objects::nonNull);
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.current.retire();
		this.current.end();
		this.draining.forEach(LeasedClient::end);
	}

	private synchronized LeasedClient<T> rotate() {
		if (this.closed) {
			throw new IllegalStateException("The client is closed, because the application stops");
		}
		LeasedClient<T> old = this.current;
		if (!old.generation().isCurrent()) {
			this.current = build();
			this.draining.add(old);
			old.retire();
			this.draining.removeIf(LeasedClient::isEnded);
		}
		return this.current;
	}

	private LeasedClient<T> build() {
		ClientGeneration generation = new ClientGeneration(this.gate);
		return new LeasedClient<>(generation, this.builder.apply(generation));
	}

}
