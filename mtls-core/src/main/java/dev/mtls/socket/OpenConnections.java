package dev.mtls.socket;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The connections of a context or a listener that are not closed yet.
 */
final class OpenConnections {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition empty = this.lock.newCondition();

	private final Set<MtlsConnection> connections = new HashSet<>();

	private boolean closed;

	/**
	 * Add a connection.
	 * @param connection the connection
	 * @return {@code false} if no more is taken, so that it has to be closed
	 */
	boolean add(MtlsConnection connection) {
		this.lock.lock();
		try {
			return !this.closed && this.connections.add(connection);
		}
		finally {
			this.lock.unlock();
		}
	}

	void remove(MtlsConnection connection) {
		this.lock.lock();
		try {
			this.connections.remove(connection);
			if (this.connections.isEmpty()) {
				this.empty.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Take no more connections.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until there is none.
	 * @param timeout how long to wait at most
	 * @throws InterruptedException if the thread is interrupted
	 */
	void awaitNone(Duration timeout) throws InterruptedException {
		this.lock.lock();
		try {
			long nanos = timeout.toNanos();
			while (!this.connections.isEmpty() && nanos > 0) {
				nanos = this.empty.awaitNanos(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void forEach(Consumer<MtlsConnection> action) {
		List<MtlsConnection> all;
		this.lock.lock();
		try {
			all = List.copyOf(this.connections);
		}
		finally {
			this.lock.unlock();
		}
		all.forEach(action);
	}

}
