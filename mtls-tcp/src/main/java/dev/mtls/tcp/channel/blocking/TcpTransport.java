package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.mtls.identity.PeerIdentity;

/**
 * A bare TCP connection, of whose peer nothing but the address is known.
 */
final class TcpTransport implements Transport {

	private static final int DRAINED = 16 * 1024;

	private final Socket socket;

	private final InetSocketAddress remoteAddress;

	private volatile boolean cut;

	private volatile Runnable whenClosed = () -> {
	};

	TcpTransport(Socket socket) throws IOException {
		this.socket = socket;
		this.remoteAddress = new InetSocketAddress(socket.getInetAddress(), socket.getPort());
		socket.setTcpNoDelay(true);
		socket.setKeepAlive(true);
	}

	@Override
	public InputStream input() {
		try {
			return this.socket.getInputStream();
		}
		catch (IOException ex) {
			// It is closed, as the first read says
			return InputStream.nullInputStream();
		}
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	@Override
	public void readTimeout(@Nullable Duration timeout) throws IOException {
		this.socket.setSoTimeout((timeout != null) ? millis(timeout) : 0);
	}

	@Override
	public @Nullable PeerIdentity peerIdentity() {
		return null;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public boolean isOpen() {
		return !this.socket.isClosed();
	}

	@Override
	public void close(Duration linger) {
		try (this.socket) {
			this.socket.shutdownOutput();
			drain(System.nanoTime() + linger.toNanos());
		}
		catch (IOException ex) {
			// The peer has gone, or takes longer
		}
		finally {
			this.whenClosed.run();
		}
	}

	@Override
	public void reset() {
		try (this.socket) {
			this.socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It was closed already
		}
		finally {
			this.whenClosed.run();
		}
	}

	/**
	 * Close the connection without a word, which whoever uses it does not expect.
	 */
	void cut() {
		this.cut = true;
		reset();
	}

	boolean wasCut() {
		return this.cut;
	}

	/**
	 * Set what is run when this is closed, perhaps more than once.
	 * @param task the task
	 */
	void whenClosed(Runnable task) {
		this.whenClosed = task;
	}

	/**
	 * A timeout as sockets take it.
	 * @param timeout the timeout
	 * @return milliseconds, rounded up
	 */
	static int millis(Duration timeout) {
		return (int) Math.min(timeout.plusNanos(999_999).toMillis(), Integer.MAX_VALUE);
	}

	// What is not read when a socket is closed, or comes after that, makes the kernel
	// reset the connection, and what was sent before then is lost (RFC 9293, section
	// 3.10.4)
	private void drain(long end) throws IOException {
		InputStream in = this.socket.getInputStream();
		byte[] dropped = new byte[DRAINED];
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			this.socket.setSoTimeout(millis(Duration.ofNanos(left)));
			if (in.read(dropped) == -1) {
				return;
			}
		}
	}

}
