package dev.mtls.cli.tunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A plain service on this machine, which sends back what it receives and counts its
 * connections.
 */
final class EchoService implements AutoCloseable {

	private final ServerSocketChannel listening;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger connections = new AtomicInteger();

	private EchoService(ServerSocketChannel listening) {
		this.listening = listening;
		this.threads.execute(this::accept);
	}

	/**
	 * Listen at a free port.
	 * @param host the address, such as {@code ::1}
	 * @return the service
	 */
	static EchoService at(String host) {
		try {
			return new EchoService(
					ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName(host), 0)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Listen at a Unix domain socket.
	 * @param path where the socket is to be
	 * @return the service
	 */
	static EchoService at(Path path) {
		try {
			return new EchoService(
					ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether this machine has IPv6 on loopback.
	 * @return whether a service can listen there
	 */
	static boolean hasIpv6() {
		try (EchoService service = at("::1")) {
			return service.listening.isOpen();
		}
		catch (IOException | UncheckedIOException ex) {
			return false;
		}
	}

	/**
	 * Where it listens, as tunnels have it.
	 * @return the address
	 */
	String address() {
		try {
			SocketAddress address = this.listening.getLocalAddress();
			if (address instanceof InetSocketAddress inet) {
				String host = inet.getAddress().getHostAddress();
				return (host.contains(":") ? "[%s]:%d" : "%s:%d").formatted(host, inet.getPort());
			}
			return "unix:" + address;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * How many connections it has accepted so far.
	 * @return the number
	 */
	int connections() {
		return this.connections.get();
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (this.listening.isOpen()) {
			try {
				SocketChannel channel = this.listening.accept();
				this.connections.incrementAndGet();
				this.threads.execute(() -> echo(channel));
			}
			catch (IOException ex) {
				// Closed, or the connection has gone
			}
		}
	}

	private static void echo(SocketChannel channel) {
		try (channel) {
			ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
			while (channel.read(buffer) != -1) {
				buffer.flip();
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
				buffer.clear();
			}
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

}
