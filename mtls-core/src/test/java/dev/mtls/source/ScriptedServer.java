package dev.mtls.source;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A server on loopback that answers with any bytes, also such as no server should send.
 * Each connection has one request.
 */
final class ScriptedServer implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final ServerSocket listener;

	private final Script script;

	private final Future<?> acceptor;

	ScriptedServer(Script script) {
		this.script = script;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.acceptor = this.threads.submit(this::accept);
	}

	static ScriptedServer answering(String response) {
		return new ScriptedServer((out, in) -> out.write(response.getBytes(StandardCharsets.ISO_8859_1)));
	}

	URI uri() {
		return URI.create("http://127.0.0.1:%d/a.crl".formatted(this.listener.getLocalPort()));
	}

	/**
	 * The requests as they came.
	 * @return head and body of each
	 */
	List<String> requests() {
		return this.requests;
	}

	@Override
	public void close() throws IOException {
		this.acceptor.cancel(true);
		this.listener.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.threads.shutdownNow();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.listener.accept();
				this.sockets.add(socket);
				this.threads.execute(() -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed
		}
	}

	private void serve(Socket socket) {
		try (socket; InputStream in = new BufferedInputStream(socket.getInputStream())) {
			this.requests.add(request(in));
			this.script.answer(socket.getOutputStream(), in);
			socket.getOutputStream().flush();
		}
		catch (IOException ex) {
			// The client has seen enough
		}
	}

	private static String request(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				throw new IOException("The request is cut off");
			}
			head.write(next);
		}
		String text = head.toString(StandardCharsets.ISO_8859_1);
		int at = text.indexOf("Content-Length: ");
		int length = (at < 0) ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
		return text + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	/**
	 * What a server does once it has read a request.
	 */
	interface Script {

		void answer(OutputStream out, InputStream in) throws IOException;

	}

}
