package dev.mtls.tcp.channel.blocking;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Accepts bare TCP connections. One from an address that is not allowed is reset before a
 * byte of it is read.
 */
final class TcpAcceptor implements Acceptor {

	private static final long RETRY_MILLIS = 100;

	private final TcpNetwork network;

	private final ServerSocket server;

	private final InetSocketAddress localAddress;

	private final TcpConnections connections = new TcpConnections();

	private final CountDownLatch closed = new CountDownLatch(1);

	TcpAcceptor(TcpNetwork network, ServerSocket server) {
		this.network = network;
		this.server = server;
		this.localAddress = (InetSocketAddress) server.getLocalSocketAddress();
	}

	@Override
	public TcpTransport accept() throws IOException {
		while (true) {
			TcpTransport transport = acceptOne();
			if (transport != null) {
				return transport;
			}
		}
	}

	@Override
	public void serve(Handler handler) {
		while (true) {
			try {
				TcpTransport transport = accept();
				start(transport, handler);
			}
			catch (ClosedChannelException ex) {
				return;
			}
			catch (IOException ex) {
				awaitRetry();
			}
		}
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public void close() {
		this.closed.countDown();
		try {
			this.server.close();
		}
		catch (IOException ex) {
			// It accepts nothing more all the same
		}
	}

	@Override
	public void close(Duration drain) {
		close();
		this.connections.close(drain);
	}

	private @Nullable TcpTransport acceptOne() throws IOException {
		Socket socket;
		try {
			socket = this.server.accept();
		}
		catch (IOException ex) {
			if (this.server.isClosed()) {
				throw new ClosedChannelException();
			}
			throw ex;
		}
		try {
			TcpTransport transport = new TcpTransport(socket);
			if (!this.network.allows(socket.getInetAddress()) || !this.connections.add(transport)) {
				transport.reset();
				return null;
			}
			return transport;
		}
		catch (IOException ex) {
			// The peer has gone already
			socket.close();
			return null;
		}
	}

	private static void start(TcpTransport transport, Handler handler) {
		try {
			ChannelThreads.start(() -> serve(transport, handler));
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			transport.cut();
			ChannelThreads.uncaught(ex);
		}
	}

	private static void serve(TcpTransport transport, Handler handler) {
		try {
			handler.handle(transport);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			ChannelThreads.uncaught(ex);
		}
		catch (Exception ex) {
			if (!(ex instanceof IOException && transport.wasCut())) {
				ChannelThreads.uncaught(ex);
			}
		}
	}

	// As when there are no file descriptors left, which must not become a busy loop
	private void awaitRetry() {
		try {
			this.closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UncheckedIOException(new InterruptedIOException("Interrupted while waiting for a connection"));
		}
	}

}
