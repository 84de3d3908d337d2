package dev.mtls.boot.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

/**
 * An HTTPS server, HTTP/1.1 with connections that are kept alive, which demands a client
 * certificate, counts what happens and does what the path asks for:
 * <ul>
 * <li>{@code /whoami} answers with the subject of the client's certificate</li>
 * <li>{@code /hold} does not answer before {@link #release()}</li>
 * <li>{@code /stream} sends the head and half of the body, the rest after
 * {@link #release()}</li>
 * <li>{@code /drop} closes the connection without an answer</li>
 * <li>{@code /status/503} answers with that status</li>
 * </ul>
 * A request body is read and ignored.
 */
public final class HttpsPeer implements AutoCloseable {

	private final AtomicInteger handshakes = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicInteger accepted = new AtomicInteger();

	private final Map<SSLSocket, Boolean> connections = new ConcurrentHashMap<>();

	private final CountDownLatch release = new CountDownLatch(1);

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "https-peer");
		thread.setDaemon(true);
		return thread;
	});

	private final SSLServerSocket server;

	public HttpsPeer(TestAuthority trusted, TestCertificate certificate) {
		this(trusted, certificate, InetAddress.getLoopbackAddress());
	}

	public HttpsPeer(TestAuthority trusted, TestCertificate certificate, InetAddress address) {
		try {
			this.server = (SSLServerSocket) certificate.sslContext(trusted)
				.getServerSocketFactory()
				.createServerSocket();
			this.server.bind(new InetSocketAddress(address, 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setNeedClientAuth(true);
		this.threads.execute(this::accept);
	}

	public int port() {
		return this.server.getLocalPort();
	}

	public String url(String host, String path) {
		return "https://%s:%d%s".formatted(host, port(), path);
	}

	/**
	 * TCP connections that were accepted, whatever became of them.
	 * @return the number
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Handshakes that were completed, resumed ones included.
	 * @return the number
	 */
	public int handshakes() {
		return this.handshakes.get();
	}

	/**
	 * Requests whose head was read.
	 * @return the number
	 */
	public int requests() {
		return this.requests.get();
	}

	/**
	 * Connections that stand: the client has not closed them.
	 * @return a view that changes as they come and go
	 */
	public Collection<SSLSocket> connections() {
		return this.connections.keySet();
	}

	/**
	 * Let held requests be answered, now and from now on.
	 */
	public void release() {
		this.release.countDown();
	}

	@Override
	public void close() {
		release();
		closeQuietly(this.server);
		this.connections.keySet().forEach(HttpsPeer::closeQuietly);
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				SSLSocket socket = (SSLSocket) this.server.accept();
				this.accepted.incrementAndGet();
				this.threads.execute(() -> serve(socket));
			}
			catch (IOException ex) {
				// Closed, or the peer went away
			}
		}
	}

	private void serve(SSLSocket socket) {
		try (socket) {
			socket.setTcpNoDelay(true);
			socket.startHandshake();
			this.handshakes.incrementAndGet();
			this.connections.put(socket, true);
			BufferedReader input = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
			for (String line = input.readLine(); line != null; line = input.readLine()) {
				int length = readHead(input);
				for (int i = 0; i < length; i++) {
					input.read();
				}
				this.requests.incrementAndGet();
				if (!answer(socket, line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' ')))) {
					return;
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// The client went away
		}
		finally {
			this.connections.remove(socket);
		}
	}

	private boolean answer(SSLSocket socket, String path) throws IOException, InterruptedException {
		X509Certificate client = (X509Certificate) socket.getSession().getPeerCertificates()[0];
		byte[] body = client.getSubjectX500Principal().getName().getBytes(StandardCharsets.UTF_8);
		OutputStream output = socket.getOutputStream();
		int status = path.startsWith("/status/") ? Integer.parseInt(path.substring("/status/".length())) : 200;
		byte[] head = "HTTP/1.1 %d Status\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
			.formatted(status, body.length)
			.getBytes(StandardCharsets.ISO_8859_1);
		switch (path) {
			case "/drop" -> {
				return false;
			}
			case "/hold" -> awaitRelease(socket);
			case "/stream" -> {
				output.write(head);
				output.write(body, 0, body.length / 2);
				output.flush();
				awaitRelease(socket);
				output.write(body, body.length / 2, body.length - body.length / 2);
				return true;
			}
			default -> {
				// Answered at once
			}
		}
		byte[] whole = new byte[head.length + body.length];
		System.arraycopy(head, 0, whole, 0, head.length);
		System.arraycopy(body, 0, whole, head.length, body.length);
		output.write(whole);
		return true;
	}

	// A client that goes away meanwhile is noticed, so that connections() tells the truth
	private void awaitRelease(SSLSocket socket) throws IOException, InterruptedException {
		socket.setSoTimeout(20);
		while (!this.release.await(0, TimeUnit.MILLISECONDS)) {
			try {
				if (socket.getInputStream().read() == -1) {
					throw new IOException("The client closed the connection");
				}
			}
			catch (SocketTimeoutException ex) {
				// Still there
			}
		}
		socket.setSoTimeout(0);
	}

	private static int readHead(BufferedReader input) throws IOException {
		int length = 0;
		for (String line = input.readLine(); line != null && !line.isEmpty(); line = input.readLine()) {
			if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
				length = Integer.parseInt(line.substring("content-length:".length()).trim());
			}
		}
		return length;
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// Closed already
		}
	}

}
