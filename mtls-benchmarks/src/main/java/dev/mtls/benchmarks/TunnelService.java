package dev.mtls.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The service behind a tunnel, and its client, with sockets that block. The first byte of
 * a connection says what it is for.
 */
final class TunnelService implements AutoCloseable {

	private static final byte UPLOAD = 'u';

	private static final byte DOWNLOAD = 'd';

	private static final byte ECHO = 'e';

	private static final byte STAY = 's';

	private static final int CHUNK = 256 * 1024;

	private static final int MESSAGE = 64;

	private static final int CONCURRENT = 16;

	private final ServerSocketChannel listener = ServerSocketChannel.open()
		.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);

	private final long bulkBytes;

	/**
	 * Start the service.
	 * @param bulkBytes how many bytes go through the tunnel in each direction when it
	 * moves much
	 */
	TunnelService(long bulkBytes) throws IOException {
		this.bulkBytes = bulkBytes;
		start(this::accept);
	}

	int port() throws IOException {
		return ((InetSocketAddress) this.listener.getLocalAddress()).getPort();
	}

	/**
	 * Send much to the service, then receive as much from it.
	 * @param port where the tunnel is entered
	 * @return the number of bytes in both directions together
	 */
	long moveBulk(int port) throws IOException {
		try (SocketChannel channel = connect(port, UPLOAD)) {
			write(channel, this.bulkBytes);
			read(channel, 1);
		}
		try (SocketChannel channel = connect(port, DOWNLOAD)) {
			read(channel, this.bulkBytes);
		}
		return 2 * this.bulkBytes;
	}

	/**
	 * Send small messages, each once the one before has come back.
	 * @param port where the tunnel is entered
	 * @param count how many
	 * @return the microseconds each took
	 */
	Medians roundTrips(int port, int count) throws IOException {
		Medians micros = new Medians();
		ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
		try (SocketChannel channel = connect(port, ECHO)) {
			for (int i = 0; i < count; i++) {
				long start = System.nanoTime();
				exchange(channel, message);
				micros.add((System.nanoTime() - start) / 1000.0);
			}
		}
		return micros;
	}

	/**
	 * Make connections that stay, of which each has reached the service.
	 * @param port where the tunnel is entered
	 * @param count how many
	 * @return the connections
	 */
	List<SocketChannel> stand(int port, int count) throws IOException {
		List<SocketChannel> channels = new ArrayList<>();
		while (channels.size() < count) {
			int first = channels.size();
			while (channels.size() < Math.min(first + CONCURRENT, count)) {
				channels.add(connect(port, STAY));
			}
			for (SocketChannel channel : channels.subList(first, channels.size())) {
				read(channel, 1);
			}
		}
		return channels;
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
	}

	private void accept() throws IOException {
		while (this.listener.isOpen()) {
			SocketChannel channel = this.listener.accept();
			start(() -> serve(channel));
		}
	}

	private void serve(SocketChannel channel) throws IOException {
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		ByteBuffer purpose = ByteBuffer.allocateDirect(1);
		if (channel.read(purpose) != 1) {
			// Someone asked only whether the tunnel accepts
			channel.close();
			return;
		}
		switch (purpose.get(0)) {
			case UPLOAD -> {
				read(channel, this.bulkBytes);
				write(channel, 1);
				channel.close();
			}
			case DOWNLOAD -> {
				write(channel, this.bulkBytes);
				channel.close();
			}
			case ECHO -> echo(channel);
			case STAY -> {
				write(channel, 1);
				channel.read(purpose.clear());
				channel.close();
			}
			default -> throw new IOException("Nothing is known of '%c'".formatted(purpose.get(0)));
		}
	}

	private static void echo(SocketChannel channel) throws IOException {
		ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
		try (channel) {
			while (channel.read(message) != -1) {
				message.flip();
				writeAll(channel, message);
				message.clear();
			}
		}
	}

	private static SocketChannel connect(int port, byte purpose) throws IOException {
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		writeAll(channel, ByteBuffer.wrap(new byte[] { purpose }));
		return channel;
	}

	private static void exchange(SocketChannel channel, ByteBuffer message) throws IOException {
		message.clear();
		writeAll(channel, message);
		message.clear();
		while (message.hasRemaining()) {
			if (channel.read(message) == -1) {
				throw new EOFException("The tunnel has ended");
			}
		}
	}

	private static void write(SocketChannel channel, long count) throws IOException {
		ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(CHUNK, count));
		for (long left = count; left > 0; left -= chunk.limit()) {
			chunk.clear().limit((int) Math.min(chunk.capacity(), left));
			writeAll(channel, chunk);
		}
	}

	private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
		while (bytes.hasRemaining()) {
			channel.write(bytes);
		}
	}

	private static void read(SocketChannel channel, long count) throws IOException {
		ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(CHUNK, count));
		for (long left = count; left > 0; left -= chunk.position()) {
			chunk.clear();
			if (channel.read(chunk) == -1) {
				throw new EOFException("The tunnel has ended, %d bytes too early".formatted(left));
			}
		}
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The other side is done, or notices
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * What a thread does.
	 */
	@FunctionalInterface
	private interface Task {

		void run() throws IOException;

	}

}
