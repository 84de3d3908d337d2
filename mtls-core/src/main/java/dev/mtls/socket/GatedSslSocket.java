package dev.mtls.socket;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.LiveConnection;
import dev.mtls.tls.PeerRefusedException;

/**
 * {@link SSLSocket} whose peer is admitted by the gate with the handshake, and which
 * reads and writes nothing more once the peer is no longer admitted, or renegotiated.
 */
final class GatedSslSocket extends DelegatingSslSocket {

	private final Gate gate;

	private final @Nullable Socket layered;

	private final ContextThreads threads;

	// Of the handshake, which whoever reads or writes first begins
	private final ReentrantLock handshake = new ReentrantLock();

	private volatile @Nullable LiveConnection connection;

	private volatile @Nullable SSLSession session;

	private volatile @Nullable MtlsException refusal;

	/**
	 * Create a socket.
	 * @param gate the gate
	 * @param socket the socket that does the work
	 * @param layered the socket beneath it, or {@code null} if there is none
	 * @param threads closes sockets
	 */
	GatedSslSocket(Gate gate, SSLSocket socket, @Nullable Socket layered, ContextThreads threads) {
		super(socket);
		this.gate = gate;
		this.layered = layered;
		this.threads = threads;
	}

	@Override
	public void connect(SocketAddress endpoint) throws IOException {
		connect(endpoint, 0);
	}

	@Override
	public void connect(SocketAddress endpoint, int timeout) throws IOException {
		if (endpoint instanceof InetSocketAddress address) {
			check(this.gate, address.toString(), address.getAddress());
		}
		this.socket.connect(endpoint, timeout);
	}

	@Override
	public void startHandshake() throws IOException {
		if (this.connection != null) {
			checkAdmitted();
			this.socket.startHandshake();
		}
		else {
			checkAdmitted();
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Of a peer that was refused it is an invalid one.
	 */
	@Override
	public SSLSession getSession() {
		try {
			if (isConnected() && !isClosed()) {
				checkAdmitted();
			}
		}
		catch (IOException ex) {
			this.socket.getSession().invalidate();
		}
		return this.socket.getSession();
	}

	@Override
	public InputStream getInputStream() throws IOException {
		try {
			return new Input(this.socket.getInputStream());
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	@Override
	public OutputStream getOutputStream() throws IOException {
		try {
			return new Output(this.socket.getOutputStream());
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	@Override
	@SuppressWarnings("UnsynchronizedOverridesSynchronized")
	public void close() throws IOException {
		try {
			this.socket.close();
		}
		finally {
			LiveConnection standing = this.connection;
			if (standing != null) {
				standing.closed();
			}
		}
	}

	/**
	 * Check an address before it is connected to.
	 * @param gate the gate
	 * @param peer the peer, for messages
	 * @param address the address, or {@code null} if there is none
	 * @throws IOException if it is not allowed
	 */
	static void check(Gate gate, String peer, @Nullable InetAddress address) throws IOException {
		if (address != null && gate.admitAddress(address) instanceof Decision.Deny denial) {
			throw new PeerRefusedException(peer, denial);
		}
	}

	/**
	 * Close the connection before anything passes.
	 * @param denial why
	 */
	void refuse(Decision.Deny denial) {
		this.refusal = MtlsException.refused(peer(), denial);
		reset();
	}

	private void checkAdmitted() throws IOException {
		LiveConnection standing = this.connection;
		if (standing == null) {
			standing = shakeHands();
		}
		// Reading may have renegotiated (RFC 5246, section 7.4.1.1)
		if (this.socket.getSession() != this.session) {
			reset();
			throw Established.renegotiated(peer());
		}
		if (!standing.isAdmitted()) {
			throw failure(new SocketException("The connection is closed"));
		}
	}

	private LiveConnection shakeHands() throws IOException {
		this.handshake.lock();
		try {
			LiveConnection standing = this.connection;
			MtlsException refused = this.refusal;
			if (standing != null) {
				return standing;
			}
			if (refused != null) {
				throw Refusal.ofStream(refused);
			}
			standing = new SocketHandshake(this.gate, peer(), address(), this::reset).perform(() -> this.socket);
			this.session = this.socket.getSession();
			this.connection = standing;
			return standing;
		}
		catch (MtlsException ex) {
			this.refusal = ex;
			throw asIoException(ex);
		}
		finally {
			this.handshake.unlock();
		}
	}

	private InetAddress address() throws SocketException {
		InetAddress address = getInetAddress();
		if (address == null) {
			throw new SocketException("Socket is not connected");
		}
		return address;
	}

	private String peer() {
		return String.valueOf(getRemoteSocketAddress());
	}

	private void reset() {
		Socket beneath = this.layered;
		if (beneath != null) {
			reset(beneath);
			return;
		}
		try {
			// The close of the JDK may wait for what is written just now
			this.threads.run(() -> reset(this.socket));
		}
		catch (RejectedExecutionException ex) {
			reset(this.socket);
		}
	}

	private static void reset(Socket socket) {
		try (socket) {
			socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			// It was closed already
		}
	}

	private IOException failure(IOException failure) {
		MtlsException refused = this.refusal;
		if (refused != null) {
			return Refusal.ofStream(refused);
		}
		LiveConnection standing = this.connection;
		Decision.Deny cut = (standing != null) ? standing.denial() : null;
		return (cut != null) ? new PeerRefusedException(peer(), cut) : failure;
	}

	// What the TLS stack threw is what a library knows how to deal with
	private static IOException asIoException(MtlsException failure) {
		if (failure.reason() != Reason.HANDSHAKE_TIMEOUT && failure.getCause() instanceof IOException cause) {
			return cause;
		}
		return Refusal.ofStream(failure);
	}

	/**
	 * What the peer sends.
	 */
	private final class Input extends FilterInputStream {

		private Input(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) == -1) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			checkAdmitted();
			int count;
			try {
				count = this.in.read(bytes, offset, length);
			}
			catch (SocketTimeoutException ex) {
				throw ex;
			}
			catch (IOException ex) {
				throw failure(ex);
			}
			// The peer may have been cut while it was waited for
			checkAdmitted();
			return count;
		}

		@Override
		public long skip(long count) throws IOException {
			byte[] skipped = new byte[(int) Math.min(Math.max(count, 0), 4096)];
			return Math.max(read(skipped, 0, skipped.length), 0);
		}

		@Override
		public void close() throws IOException {
			GatedSslSocket.this.close();
		}

	}

	/**
	 * What is sent to the peer.
	 */
	private final class Output extends FilterOutputStream {

		private Output(OutputStream out) {
			super(out);
		}

		@Override
		public void write(int one) throws IOException {
			write(new byte[] { (byte) one }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			checkAdmitted();
			try {
				this.out.write(bytes, offset, length);
			}
			catch (IOException ex) {
				throw failure(ex);
			}
		}

		@Override
		public void close() throws IOException {
			GatedSslSocket.this.close();
		}

	}

}
