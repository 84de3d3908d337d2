package dev.mtls.socket;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Connections of a listener that nobody has taken yet, up to a bound, or who waits for
 * them, in order.
 */
final class AdmittedConnections {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition room = this.lock.newCondition();

	private final Deque<MtlsConnection> ready = new ArrayDeque<>();

	private final Deque<CompletableFuture<MtlsConnection>> waiting = new ArrayDeque<>();

	private final int capacity;

	private boolean closed;

	AdmittedConnections(int capacity) {
		this.capacity = capacity;
	}

	/**
	 * Wait until there is room for one more.
	 * @return {@code false} if this is closed
	 */
	boolean awaitRoom() {
		this.lock.lock();
		try {
			while (!this.closed && this.ready.size() >= this.capacity) {
				this.room.awaitUninterruptibly();
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Hand over a connection, or keep it as soon as there is room.
	 * @param connection the connection
	 * @return {@code false} if this is closed, so that nobody will take it
	 */
	boolean put(MtlsConnection connection) {
		while (true) {
			CompletableFuture<MtlsConnection> taker;
			this.lock.lock();
			try {
				if (!awaitRoom()) {
					return false;
				}
				taker = this.waiting.poll();
				if (taker == null) {
					this.ready.add(connection);
					return true;
				}
			}
			finally {
				this.lock.unlock();
			}
			// Outside of the lock, because it may run what the user wants done next
			if (taker.complete(connection)) {
				return true;
			}
		}
	}

	/**
	 * Take the next connection that is open.
	 * @return completes with the connection, or with a {@link ClosedChannelException}
	 */
	CompletableFuture<MtlsConnection> next() {
		this.lock.lock();
		try {
			for (MtlsConnection next = this.ready.poll(); next != null; next = this.ready.poll()) {
				this.room.signalAll();
				if (next.isOpen()) {
					return CompletableFuture.completedFuture(next);
				}
				next.close();
			}
			if (this.closed) {
				return CompletableFuture.failedFuture(new ClosedChannelException());
			}
			CompletableFuture<MtlsConnection> taker = new CompletableFuture<>();
			this.waiting.removeIf(CompletableFuture::isDone);
			this.waiting.add(taker);
			return taker;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the wait of everybody, and close the connections that nobody took.
	 */
	void close() {
		List<CompletableFuture<MtlsConnection>> takers;
		List<MtlsConnection> left;
		this.lock.lock();
		try {
			this.closed = true;
			takers = new ArrayList<>(this.waiting);
			left = new ArrayList<>(this.ready);
			this.waiting.clear();
			this.ready.clear();
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		takers.forEach((taker) -> taker.completeExceptionally(new ClosedChannelException()));
		left.forEach(MtlsConnection::cut);
	}

}
