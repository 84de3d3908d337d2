package dev.mtls.tcp.channel.blocking;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections of a listener that are not closed yet.
 */
final class TcpConnections {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition empty = this.lock.newCondition();

	private final Set<TcpTransport> open = new HashSet<>();

	private boolean closed;

	/**
	 * Add a connection, until it is closed.
	 * @param transport the connection
	 * @return {@code false} if no more is taken, so that it has to be reset
	 */
	boolean add(TcpTransport transport) {
		this.lock.lock();
		try {
			if (this.closed) {
				return false;
			}
			this.open.add(transport);
			transport.whenClosed(() -> remove(transport));
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until there is none, take no more, and cut those that are left. An interrupt
	 * ends the wait.
	 * @param drain how long to wait
	 */
	void close(Duration drain) {
		List<TcpTransport> left;
		this.lock.lock();
		try {
			long nanos = drain.toNanos();
			while (!this.open.isEmpty() && nanos > 0) {
				nanos = this.empty.awaitNanos(nanos);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.closed = true;
			left = List.copyOf(this.open);
			this.lock.unlock();
		}
		left.forEach(TcpTransport::cut);
	}

	private void remove(TcpTransport transport) {
		this.lock.lock();
		try {
			this.open.remove(transport);
			if (this.open.isEmpty()) {
				this.empty.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
