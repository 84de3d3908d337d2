package dev.mtls.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.event.TlsSession;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tls.PeerRefusedException;

/**
 * A connection whose peer was admitted. It is cut, within a second, when the peer no
 * longer is: whoever reads or writes then gets a {@link javax.net.ssl.SSLException} whose
 * cause is the {@link MtlsException} that says why. A peer that renegotiates, which TLS
 * 1.2 allows and by which it could become another, is cut too.
 * <p>
 * One thread may read while another one writes. Everything else may be called from any
 * thread at any time; closing ends a read or write that another thread is blocked in.
 */
public final class MtlsConnection implements AutoCloseable {

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private final Established established;

	private final ContextThreads threads;

	private final InputStream input;

	private final OutputStream output;

	// Of records, also of the close_notify, for which nobody waits
	private final ReentrantLock sending = new ReentrantLock();

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile boolean ended;

	private volatile boolean writeTimedOut;

	private volatile @Nullable Duration writeTimeout;

	private volatile Runnable whenClosed = () -> {
	};

	MtlsConnection(Established established, ContextThreads threads, Timeouts timeouts) throws IOException {
		this.established = established;
		this.threads = threads;
		this.input = new ConnectionInput(this, established.tcp(), established.tls().getInputStream());
		this.output = new ConnectionOutput(this, established.tls().getOutputStream());
		established.tls().setSoTimeout(Timeouts.millis(timeouts.read()));
		this.writeTimeout = timeouts.write();
	}

	/**
	 * What the peer sends. The stream ends when the peer has said that it sends nothing
	 * more; when its connection ends without that, reading fails, because something may
	 * be missing.
	 * @return the stream; closing it closes the connection
	 */
	public InputStream inputStream() {
		return this.input;
	}

	/**
	 * What is sent to the peer. Nothing is buffered: each write is sent at once, as one
	 * TLS record or several.
	 * @return the stream; closing it closes the connection
	 */
	public OutputStream outputStream() {
		return this.output;
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} if the peer has no certificate and needs none
	 */
	public @Nullable PeerIdentity peerIdentity() {
		return this.established.live().identity();
	}

	/**
	 * The address and port of the peer.
	 * @return the address
	 */
	public InetSocketAddress remoteAddress() {
		return this.established.address();
	}

	/**
	 * The TLS session.
	 * @return the session, which tells whether an earlier one was resumed
	 */
	public TlsSession tlsSession() {
		return Objects.requireNonNull(this.established.live().tls());
	}

	/**
	 * Bound how long a read waits. After a {@link SocketTimeoutException} the connection
	 * can be used as before, and nothing is lost.
	 * @param timeout the bound for reads that begin from now on, or {@code null} for none
	 * @throws MtlsException if it is not positive
	 * ({@link dev.mtls.decision.Reason#CONFIGURATION_INVALID})
	 * @throws IOException if the connection is closed
	 */
	public void readTimeout(@Nullable Duration timeout) throws IOException {
		Duration checked = (timeout != null) ? Timeouts.check("readTimeout", timeout) : null;
		this.established.tls().setSoTimeout(Timeouts.millis(checked));
	}

	/**
	 * Bound how long a peer may take nothing of what is written, counted for each 16 KiB.
	 * After a {@link SocketTimeoutException} the connection is closed, because nobody
	 * knows how much the peer has got.
	 * @param timeout the bound for writes that begin from now on, or {@code null} for
	 * none
	 * @throws MtlsException if it is not positive
	 * ({@link dev.mtls.decision.Reason#CONFIGURATION_INVALID})
	 */
	public void writeTimeout(@Nullable Duration timeout) {
		this.writeTimeout = (timeout != null) ? Timeouts.check("writeTimeout", timeout) : null;
	}

	/**
	 * Tell the peer that nothing more is sent (close_notify). With TLS 1.3 reading goes
	 * on until the peer does the same. With TLS 1.2 the peer has to close its side at
	 * once and may drop what it was about to send (RFC 5246, section 7.2.1), which the
	 * JDK does.
	 * @throws IOException if that could not be sent
	 */
	public void shutdownOutput() throws IOException {
		send(this.established.tls()::shutdownOutput);
	}

	/**
	 * Whether the connection stands as far as this side knows: it was neither closed nor
	 * cut.
	 * @return whether it does
	 */
	public boolean isOpen() {
		return !this.closed.get() && this.established.live().denial() == null && !this.established.tcp().isClosed();
	}

	/**
	 * Close the connection, if it is not closed. The peer is told (close_notify), unless
	 * a write is blocked or that takes longer than a second.
	 */
	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		try {
			closeTls();
		}
		finally {
			this.established.tcp().reset();
			this.established.live().closed();
			this.whenClosed.run();
		}
	}

	/**
	 * Close the connection at once, if it is not closed. The peer sees a reset and no
	 * close_notify, so that it does not take what it has got for all that there is.
	 */
	public void reset() {
		this.established.tcp().reset();
		close();
	}

	@Override
	public String toString() {
		return "MtlsConnection[%s]".formatted(this.established.peer());
	}

	/**
	 * Set what is run when this is closed.
	 * @param task the task
	 */
	void whenClosed(Runnable task) {
		this.whenClosed = task;
		if (this.closed.get()) {
			task.run();
		}
	}

	/**
	 * Whether the connection was ended by this side before whoever uses it noticed.
	 * @return whether it was closed or cut
	 */
	boolean wasEnded() {
		return this.ended || this.established.live().denial() != null;
	}

	/**
	 * Close the connection, which whoever uses it does not expect.
	 */
	void end() {
		this.ended = true;
		close();
	}

	/**
	 * Close the connection without a word, which whoever uses it does not expect.
	 */
	void cut() {
		// Before whoever uses it can notice
		this.ended = true;
		reset();
	}

	/**
	 * Check that the peer is still admitted, and the one that was.
	 * @throws IOException if it is not, or the connection is closed
	 */
	void checkAdmitted() throws IOException {
		if (this.established.isRenegotiated()) {
			cut();
			throw Established.renegotiated(this.established.peer());
		}
		if (!this.established.live().isAdmitted()) {
			throw failure(new SocketException("The connection is closed"));
		}
	}

	/**
	 * Check that this side has not begun to close the connection.
	 * @throws IOException if it has
	 */
	void checkNotClosed() throws IOException {
		if (this.closed.get()) {
			throw failure(new SocketException("The connection is closed"));
		}
	}

	/**
	 * Send something to a peer that is still admitted, within the write timeout.
	 * @param record sends it
	 * @throws IOException if that failed
	 */
	void send(Sender record) throws IOException {
		checkAdmitted();
		this.sending.lock();
		Duration timeout = this.writeTimeout;
		Runnable watchdog = (timeout != null) ? this.threads.later(timeout, this::endWrite) : null;
		try {
			record.send();
		}
		catch (IOException ex) {
			throw failure(ex);
		}
		finally {
			if (watchdog != null) {
				watchdog.run();
			}
			this.sending.unlock();
		}
	}

	/**
	 * Why a read or write failed.
	 * @param failure what was thrown
	 * @return the same, or the reason for which the connection was cut
	 */
	IOException failure(IOException failure) {
		Decision.Deny denial = this.established.live().denial();
		if (denial != null) {
			IOException refusal = new PeerRefusedException(this.established.peer(), denial);
			refusal.addSuppressed(failure);
			return refusal;
		}
		if (this.writeTimedOut) {
			SocketTimeoutException timeout = new SocketTimeoutException("Write timed out");
			timeout.initCause(failure);
			return timeout;
		}
		return failure;
	}

	// The watchdog may fire while its write ends, and a reset of what is sent already
	// would be wrong, but nobody can tell the two apart
	private void endWrite() {
		this.writeTimedOut = true;
		this.established.tcp().reset();
		close();
	}

	private void closeTls() {
		// Who sends holds the lock of the TLS stack too, for which its close would wait
		if (this.established.live().denial() != null || this.established.tcp().isClosed() || !this.sending.tryLock()) {
			return;
		}
		Runnable watchdog = this.threads.later(CLOSE_TIMEOUT, this.established.tcp()::reset);
		try {
			this.established.tls().close();
		}
		catch (IOException ex) {
			// The peer is not there to be told
		}
		finally {
			watchdog.run();
			this.sending.unlock();
		}
	}

	/**
	 * Sends something.
	 */
	@FunctionalInterface
	interface Sender {

		void send() throws IOException;

	}

}
