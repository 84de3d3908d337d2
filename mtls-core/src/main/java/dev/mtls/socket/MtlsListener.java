package dev.mtls.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.MtlsException;
import dev.mtls.tls.TlsProfile;

/**
 * Accepts connections. A peer whose address is not allowed gets a reset before a byte of
 * TLS, and whoever fails in the handshake or is refused after it never comes out of
 * {@link #accept()}: that is told as an {@link dev.mtls.event.MtlsEvent}. Handshakes run
 * on threads of their own, so that a silent peer keeps nobody waiting.
 * <p>
 * At most {@value #BACKLOG} admitted connections wait to be taken; then nothing more is
 * accepted until one is. Safe for use by any number of threads, several of which may
 * accept.
 */
public final class MtlsListener implements AutoCloseable, Iterable<MtlsConnection> {

	static final int BACKLOG = 50;

	private static final int PLATFORM_HANDSHAKES = 256;

	private static final int VIRTUAL_HANDSHAKES = 16_384;

	private static final long RETRY_MILLIS = 100;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private final MtlsContext context;

	private final ContextThreads threads;

	private final TcpServerSocket server;

	private final TlsProfile profile;

	private final InetSocketAddress localAddress;

	private final AdmittedConnections admitted = new AdmittedConnections(BACKLOG);

	private final Semaphore handshakes;

	private final Set<TcpSocket> shakingHands = ConcurrentHashMap.newKeySet();

	private final OpenConnections connections = new OpenConnections();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread acceptor;

	MtlsListener(MtlsContext context, ContextThreads threads, TcpServerSocket server, TlsProfile profile) {
		this.context = context;
		this.threads = threads;
		this.server = server;
		this.profile = profile;
		this.localAddress = (InetSocketAddress) server.getLocalSocketAddress();
		this.handshakes = new Semaphore(threads.areVirtual() ? VIRTUAL_HANDSHAKES : PLATFORM_HANDSHAKES);
		this.acceptor = ContextThreads.daemons("mtls-accept-%d-".formatted(port())).newThread(this::acceptAll);
	}

	void start() {
		this.acceptor.start();
	}

	/**
	 * Wait for the next connection.
	 * @return the connection, whose handshake is complete and whose peer was admitted; to
	 * be closed by the caller
	 * @throws ClosedChannelException if the listener is closed, also while this waits
	 * @throws InterruptedIOException if the thread is interrupted, which it still is then
	 * @throws IOException never for what a peer did
	 */
	public MtlsConnection accept() throws IOException {
		CompletableFuture<MtlsConnection> next = this.admitted.next();
		try {
			return next.get();
		}
		catch (ExecutionException ex) {
			throw new ClosedChannelException();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (!next.cancel(false) && !next.isCompletedExceptionally()) {
				return next.join();
			}
			throw new InterruptedIOException("Interrupted while waiting for a connection");
		}
	}

	/**
	 * Take the next connection without waiting for it.
	 * @return completes with the connection, to be closed by the caller, on the thread of
	 * its handshake, which nothing else needs; or with a {@link ClosedChannelException}
	 * when the listener is closed
	 */
	public CompletableFuture<MtlsConnection> acceptAsync() {
		return this.admitted.next();
	}

	/**
	 * Take one connection after the other. It ends when the listener is closed.
	 * @return the connections, each to be closed by the caller. Asking for the next waits
	 * for it, and throws an {@link UncheckedIOException} if the thread is interrupted
	 */
	@Override
	public Iterator<MtlsConnection> iterator() {
		return new Accepted();
	}

	/**
	 * Serve every connection until the listener is closed, which this waits for: an
	 * accept loop. Each has a thread of its own, a virtual one from Java 21 on. What a
	 * handler throws ends its connection only, and goes to its thread's
	 * {@link Thread#getUncaughtExceptionHandler() handler of uncaught exceptions}, unless
	 * the connection had been closed or cut before, as is told otherwise.
	 * @param handler serves one connection
	 * @throws UncheckedIOException if the thread is interrupted
	 */
	public void serve(ConnectionHandler handler) {
		for (MtlsConnection connection : this) {
			try {
				this.threads.run(() -> serve(connection, handler));
			}
			catch (RuntimeException | OutOfMemoryError ex) {
				connection.cut();
				ContextThreads.uncaught(ex);
			}
		}
	}

	/**
	 * Where this listens.
	 * @return the address and port
	 */
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	/**
	 * The port at which this listens.
	 * @return the port, never 0
	 */
	public int port() {
		return this.localAddress.getPort();
	}

	/**
	 * Accept nothing more. Whoever waits in {@link #accept()} is told at once;
	 * connections that were taken go on, those that nobody took are cut. The port is free
	 * when this returns. More than once does no harm.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		try {
			this.server.close();
		}
		catch (IOException ex) {
			// It accepts nothing more all the same
		}
		this.admitted.close();
		this.shakingHands.forEach(TcpSocket::reset);
		awaitAcceptor();
		this.context.closed(this);
	}

	/**
	 * Accept nothing more, and wait until the connections that were taken are closed. An
	 * interrupt ends the wait.
	 * @param drain how long to wait, after which those that are left are cut
	 * @throws MtlsException if that is negative
	 * ({@link dev.mtls.decision.Reason#CONFIGURATION_INVALID})
	 */
	public void close(Duration drain) {
		if (!drain.isZero()) {
			Timeouts.check("drain", drain);
		}
		close();
		try {
			this.connections.awaitNone(drain);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.connections.close();
		this.connections.forEach(MtlsConnection::cut);
	}

	@Override
	public String toString() {
		return "MtlsListener[%s]".formatted(this.localAddress);
	}

	private boolean isClosed() {
		return this.closed.getCount() == 0;
	}

	private void acceptAll() {
		while (this.admitted.awaitRoom()) {
			this.handshakes.acquireUninterruptibly();
			if (!acceptOne()) {
				this.handshakes.release();
			}
		}
	}

	private boolean acceptOne() {
		try {
			TcpSocket socket = this.server.accept();
			if (!this.context.serverGate().admitAddress(socket.getInetAddress()).isAllowed()) {
				socket.reset();
				return false;
			}
			return shakeHandsLater(socket);
		}
		catch (IOException ex) {
			awaitRetry();
			return false;
		}
	}

	private boolean shakeHandsLater(TcpSocket socket) {
		this.shakingHands.add(socket);
		try {
			this.threads.run(() -> shakeHands(socket));
			return true;
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			this.shakingHands.remove(socket);
			socket.reset();
			awaitRetry();
			return false;
		}
	}

	// While a thread accepts, the operating system keeps the port open
	private void awaitAcceptor() {
		if (Thread.currentThread() == this.acceptor) {
			return;
		}
		try {
			this.acceptor.join(CLOSE_TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	// As when there are no file descriptors left, which must not become a busy loop
	private void awaitRetry() {
		try {
			this.closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			// Nobody has this thread to interrupt it
		}
	}

	private void shakeHands(TcpSocket socket) {
		try {
			if (isClosed()) {
				socket.reset();
				return;
			}
			MtlsConnection connection = this.context.accepted(socket, this.profile, this.connections);
			// Before it is taken, from when on it outlives the listener
			this.shakingHands.remove(socket);
			if (!this.admitted.put(connection)) {
				connection.cut();
			}
		}
		catch (MtlsException ex) {
			// The gate has told it
		}
		catch (IOException ex) {
			socket.reset();
		}
		catch (RuntimeException ex) {
			socket.reset();
			if (!isClosed()) {
				ContextThreads.uncaught(ex);
			}
		}
		finally {
			this.shakingHands.remove(socket);
			this.handshakes.release();
		}
	}

	private static void serve(MtlsConnection connection, ConnectionHandler handler) {
		try (connection) {
			handler.handle(connection);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			ContextThreads.uncaught(ex);
		}
		catch (Exception ex) {
			if (!(ex instanceof IOException && connection.wasEnded())) {
				ContextThreads.uncaught(ex);
			}
		}
	}

	/**
	 * The connections, one after the other.
	 */
	private final class Accepted implements Iterator<MtlsConnection> {

		private @Nullable MtlsConnection next;

		@Override
		public boolean hasNext() {
			if (this.next != null) {
				return true;
			}
			try {
				this.next = accept();
				return true;
			}
			catch (ClosedChannelException ex) {
				return false;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public MtlsConnection next() {
			if (!hasNext() || this.next == null) {
				throw new NoSuchElementException("The listener is closed");
			}
			MtlsConnection taken = this.next;
			this.next = null;
			return taken;
		}

	}

}
