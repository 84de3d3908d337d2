package dev.mtls.cli.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server of the JDK on loopback, which echoes and says what each connection brought.
 */
final class TlsService implements AutoCloseable {

	private static final int BOUND_SECONDS = 60;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final BlockingQueue<Connection> ended = new LinkedBlockingQueue<>();

	private final ServerSocket listening;

	private volatile Terms terms;

	TlsService(SSLContext context) {
		this.terms = new Terms(context, true, List.of("TLSv1.2", "TLSv1.3"));
		try {
			this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	int port() {
		return this.listening.getLocalPort();
	}

	/**
	 * Have new connections made like this.
	 * @param newTerms how they are made
	 */
	void use(Terms newTerms) {
		this.terms = newTerms;
	}

	/**
	 * Wait for the next connection that has ended.
	 * @return the connection
	 * @throws InterruptedException if the thread is interrupted
	 */
	Connection ended() throws InterruptedException {
		return Objects.requireNonNull(this.ended.poll(BOUND_SECONDS, TimeUnit.SECONDS), "No connection has ended");
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			try {
				Socket socket = this.listening.accept();
				this.threads.execute(() -> this.ended.add(serve(socket, this.terms)));
			}
			catch (IOException ex) {
				// Closed, or the connection has gone
			}
		}
	}

	private static Connection serve(Socket socket, Terms terms) {
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		String name = "";
		try (SSLSocket tls = (SSLSocket) terms.context().getSocketFactory().createSocket(socket, null, true)) {
			tls.setSoTimeout(BOUND_SECONDS * 1000);
			tls.setEnabledProtocols(terms.protocols().toArray(String[]::new));
			tls.setNeedClientAuth(terms.authenticated());
			tls.startHandshake();
			name = serverName(tls);
			byte[] block = new byte[1024];
			for (int length = tls.getInputStream().read(block); length != -1; length = tls.getInputStream()
				.read(block)) {
				received.write(block, 0, length);
				tls.getOutputStream().write(block, 0, length);
			}
		}
		catch (IOException ex) {
			// Refused
		}
		return new Connection(received.toString(StandardCharsets.US_ASCII), name);
	}

	private static String serverName(SSLSocket socket) {
		List<SNIServerName> names = ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames();
		return names.isEmpty() ? "" : new String(names.get(0).getEncoded(), StandardCharsets.US_ASCII);
	}

	/**
	 * How connections are made.
	 *
	 * @param context the key and trust
	 * @param authenticated whether clients need a certificate
	 * @param protocols the versions of TLS
	 */
	record Terms(SSLContext context, boolean authenticated, List<String> protocols) {

	}

	/**
	 * A connection that has ended.
	 *
	 * @param received what came after the handshake
	 * @param serverName the name that the client asked for, or nothing
	 */
	record Connection(String received, String serverName) {

	}

}
