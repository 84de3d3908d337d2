package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;
import dev.mtls.tcp.channel.frame.ChannelException;
import dev.mtls.tcp.channel.frame.Frames;

/**
 * A channel of whole messages. Any thread may send, and one at a time receives; closing
 * ends what other threads are blocked in. A peer that does not keep to the protocol gets
 * a reset, and whoever sends or receives a {@link ChannelException}.
 * <p>
 * A channel of a listener exchanges keys, where it does, with its first message.
 */
public final class BlockingChannel implements AutoCloseable {

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private final Transport transport;

	private final Opening opening;

	private final ChannelSettings settings;

	private final ReceivedBytes in;

	private final FrameReader reader;

	private final ReentrantLock openingLock = new ReentrantLock();

	private final ReentrantLock sending = new ReentrantLock();

	private final ReentrantLock receiving = new ReentrantLock();

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile @Nullable Frames frames;

	private volatile @Nullable IOException failure;

	private volatile boolean received;

	BlockingChannel(Transport transport, Opening opening, ChannelSettings settings) {
		this.transport = transport;
		this.opening = opening;
		this.settings = settings;
		this.in = new ReceivedBytes(transport.input());
		this.reader = new FrameReader(this.in);
	}

	/**
	 * Send a message. It is handed to the kernel as a whole when this returns, which
	 * waits as long as the peer takes nothing.
	 * @param message the message, which may be empty
	 * @throws IllegalArgumentException if it is longer than messages may be. Nothing was
	 * sent then, and the channel can be used further
	 * @throws ChannelException if the client that connected does not exchange keys, or
	 * this side has sent as many messages as one key may encrypt
	 * @throws SocketTimeoutException if the client does not exchange keys in time, which
	 * ends the channel
	 * @throws IOException if the channel is closed or broken
	 */
	public void send(byte[] message) throws IOException {
		Frames opened = open();
		byte[] frame = new byte[opened.lengthOf(message)];
		this.sending.lock();
		try {
			checkOpen();
			opened.write(message, ByteBuffer.wrap(frame));
			write(frame);
		}
		finally {
			this.sending.unlock();
		}
	}

	/**
	 * Wait for the next message.
	 * @return the message, or {@code null} if the peer has closed the channel in order
	 * @throws SocketTimeoutException if nothing came for as long as the read timeout.
	 * Nothing is lost, and this may be called again. So does a client that does not
	 * exchange keys in time, which ends the channel
	 * @throws ChannelException if the peer does not keep to the protocol, or its
	 * connection ended without the channel being closed
	 * @throws IOException if the channel is closed or broken
	 */
	public byte @Nullable [] receive() throws IOException {
		this.receiving.lock();
		try {
			Frames opened = open();
			byte[] message = read(opened);
			this.received |= (message != null);
			return message;
		}
		finally {
			this.receiving.unlock();
		}
	}

	/**
	 * Who the peer is.
	 * @return the identity, or {@code null} if nobody knows, as on bare TCP
	 */
	public @Nullable PeerIdentity peerIdentity() {
		return this.transport.peerIdentity();
	}

	/**
	 * The address and port of the peer.
	 * @return the address
	 */
	public InetSocketAddress remoteAddress() {
		return this.transport.remoteAddress();
	}

	/**
	 * Whether the channel stands as far as this side knows: it was neither closed nor
	 * reset.
	 * @return whether it does
	 */
	public boolean isOpen() {
		return !this.closed.get() && this.transport.isOpen();
	}

	/**
	 * Close the channel, if it is not closed. The peer is told, unless a message is being
	 * sent that it does not take within a second. What it still sends is dropped.
	 */
	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		Frames opened = this.frames;
		boolean alone = opened != null && this.receiving.tryLock();
		try {
			long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
			if (opened != null) {
				sendClosing(opened.closing(), end);
			}
			this.transport.close(alone ? left(end) : Duration.ZERO);
		}
		finally {
			if (alone) {
				this.receiving.unlock();
			}
			destroyKeys();
		}
	}

	@Override
	public String toString() {
		return "BlockingChannel[%s]".formatted(remoteAddress());
	}

	/**
	 * Exchange keys, unless that was done.
	 * @return the frames
	 * @throws SocketTimeoutException if it takes too long
	 * @throws ChannelException if the peer does not keep to the protocol
	 * @throws IOException if the channel is closed or broken
	 */
	Frames open() throws IOException {
		Frames opened = this.frames;
		if (opened != null) {
			checkOpen();
			return opened;
		}
		this.openingLock.lock();
		try {
			checkOpen();
			opened = this.frames;
			return (opened != null) ? opened : exchange();
		}
		finally {
			this.openingLock.unlock();
		}
	}

	/**
	 * Whether the peer has sent a message.
	 * @return whether one was received
	 */
	boolean hasReceived() {
		return this.received;
	}

	private Frames exchange() throws IOException {
		Watchdog watchdog = new Watchdog(this.settings.keyExchangeTimeout(), this.transport);
		try {
			this.transport.readTimeout(null);
			Frames opened = this.opening.open(this.in, this.transport, this.settings.maxMessageSize());
			this.transport.readTimeout(this.settings.readTimeout());
			this.frames = opened;
			if (this.closed.get()) {
				opened.destroy();
			}
			return opened;
		}
		catch (IOException ex) {
			throw reset(watchdog.hasFired() ? timeout(ex) : ex);
		}
		finally {
			watchdog.cancel();
		}
	}

	private SocketTimeoutException timeout(IOException cause) {
		SocketTimeoutException timeout = new SocketTimeoutException("The key exchange was not complete after %d ms"
			.formatted(this.settings.keyExchangeTimeout().toMillis()));
		timeout.initCause(cause);
		return timeout;
	}

	private byte @Nullable [] read(Frames opened) throws IOException {
		try {
			return this.reader.read(opened);
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw reset(ex);
		}
	}

	private void write(byte[] frame) throws IOException {
		try {
			this.transport.write(frame);
		}
		catch (IOException ex) {
			// Nobody knows how much of the frame was sent
			throw reset(ex);
		}
	}

	private void sendClosing(byte[] closing, long end) {
		if (closing.length == 0 && !this.sending.isLocked()) {
			return;
		}
		if (!awaitSending(left(end))) {
			this.transport.reset();
			return;
		}
		Watchdog watchdog = new Watchdog(left(end), this.transport);
		try {
			this.transport.write(closing);
		}
		catch (IOException ex) {
			// The peer is not there to be told
		}
		finally {
			watchdog.cancel();
			this.sending.unlock();
		}
	}

	private boolean awaitSending(Duration timeout) {
		// Also for a thread that is interrupted
		if (this.sending.tryLock()) {
			return true;
		}
		try {
			return this.sending.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	// What the connection failed by, or that it was closed by this side before
	private IOException reset(IOException reason) {
		if (!this.closed.compareAndSet(false, true)) {
			return closedException(reason);
		}
		this.failure = reason;
		this.transport.reset();
		destroyKeys();
		return reason;
	}

	private void destroyKeys() {
		Frames opened = this.frames;
		if (opened != null) {
			opened.destroy();
		}
	}

	private void checkOpen() throws IOException {
		if (this.closed.get()) {
			throw closedException(this.failure);
		}
	}

	private static SocketException closedException(@Nullable IOException reason) {
		SocketException closed = new SocketException("The channel is closed");
		closed.initCause(reason);
		return closed;
	}

	private static Duration left(long end) {
		return Duration.ofNanos(Math.max(end - System.nanoTime(), 1));
	}

}
