package dev.mtls.socket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;

/**
 * {@link Socket} beneath TLS. It can be closed at once from any thread, whatever another
 * one does with it, and knows whether the peer has ended it.
 */
final class TcpSocket extends Socket {

	private volatile boolean ended;

	/**
	 * Create a socket to accept a connection with.
	 */
	TcpSocket() {
	}

	/**
	 * Create a socket to connect with.
	 * @param proxy {@link Proxy#NO_PROXY}, because a gate asks for the address that is
	 * connected to
	 */
	TcpSocket(Proxy proxy) {
		super(proxy);
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return new EndingStream(super.getInputStream());
	}

	/**
	 * Whether the peer has ended the TCP connection and all that it sent was read. After
	 * a close_notify nobody reads on, so that an end that is seen was not announced.
	 * @return whether it has
	 */
	boolean ended() {
		return this.ended;
	}

	/**
	 * Close the connection at once. The peer sees a reset, and nothing that waits to be
	 * sent is sent.
	 */
	void reset() {
		try (this) {
			setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It was closed already
		}
	}

	/**
	 * What the peer sends.
	 */
	private final class EndingStream extends FilterInputStream {

		private EndingStream(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			return seen(super.read());
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return seen(super.read(bytes, offset, length));
		}

		private int seen(int result) {
			if (result == -1) {
				TcpSocket.this.ended = true;
			}
			return result;
		}

	}

}
