package dev.mtls.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A plain service on loopback that answers with what it is sent.
 */
final class EchoService implements AutoCloseable {

	private final ServerSocket listening;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Socket> accepted = new CopyOnWriteArrayList<>();

	private EchoService(ServerSocket listening) {
		this.listening = listening;
	}

	static EchoService start() {
		try {
			EchoService service = new EchoService(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
			service.threads.execute(service::accept);
			return service;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String address() {
		return "127.0.0.1:" + this.listening.getLocalPort();
	}

	int accepted() {
		return this.accepted.size();
	}

	@Override
	public void close() {
		closeQuietly(this.listening);
		this.accepted.forEach(EchoService::closeQuietly);
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			try {
				Socket socket = this.listening.accept();
				this.accepted.add(socket);
				this.threads.execute(() -> echo(socket));
			}
			catch (IOException ex) {
				closeQuietly(this.listening);
			}
		}
	}

	private static void echo(Socket socket) {
		try (socket) {
			socket.getInputStream().transferTo(socket.getOutputStream());
		}
		catch (IOException ex) {
			// The other side broke off, which tests look at there
			closeQuietly(socket);
		}
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
