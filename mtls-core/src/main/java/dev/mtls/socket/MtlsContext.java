package dev.mtls.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocketFactory;

import org.jspecify.annotations.Nullable;

import dev.mtls.address.HostAndPort;
import dev.mtls.decision.Decision;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;
import dev.mtls.tls.DelegatingSslContext;
import dev.mtls.tls.TlsProfile;

/**
 * Connects and listens with mutual TLS: one key, one set of trust anchors and one set of
 * rules for peers of either direction. Who wants two sets makes two contexts.
 * <p>
 * It follows what changes in its files. Until it is closed it holds a few daemon threads,
 * which look for changes and cut connections whose peer is no longer admitted. Safe for
 * use by any number of threads.
 *
 * <pre class="code">
 * try (MtlsContext context = MtlsContext.builder()
 *     .certificate("file:tls.crt")
 *     .privateKey("file:tls.key")
 *     .trustCertificates("file:ca.crt")
 *     .build(); MtlsConnection connection = context.connect("api.example.com:8443")) {
 *     connection.outputStream().write(request);
 * }
 * </pre>
 */
public final class MtlsContext implements AutoCloseable {

	private static final Duration WALK_INTERVAL = Duration.ofMillis(500);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private final ContextThreads threads;

	private final ContextEvents events;

	private final KillSwitch killSwitch;

	private final Timeouts timeouts;

	private final @Nullable Gate serverGate;

	private final Gate clientGate;

	private final ServerConnector connector;

	private final Set<MtlsListener> listeners = ConcurrentHashMap.newKeySet();

	private final OpenConnections connections = new OpenConnections();

	private volatile boolean closed;

	MtlsContext(MtlsContextBuilder builder, ContextThreads threads) {
		this.threads = threads;
		this.events = builder.events();
		this.timeouts = builder.timeouts();
		this.killSwitch = new KillSwitch(false);
		this.clientGate = builder.clientGate(this.killSwitch, threads);
		this.serverGate = builder.serverGate(this.killSwitch, threads);
		this.connector = new ServerConnector(this.clientGate, this.timeouts.connect());
		threads.repeat(WALK_INTERVAL, this::walk);
		threads.repeat(builder.reloadInterval(), this::reload);
	}

	/**
	 * Begin to build a context.
	 * @return a builder
	 */
	public static MtlsContextBuilder builder() {
		return new MtlsContextBuilder();
	}

	/**
	 * Connect to a server, shake hands and have it admitted. Of the host's addresses only
	 * those that are allowed are tried, one after the other, and no proxy is used.
	 * <p>
	 * With TLS 1.3 the server decides about this side's certificate after that, so that
	 * its refusal shows at the first read or write.
	 * @param hostAndPort such as {@code api.example.com:8443} or
	 * {@code [2001:db8::1]:8443}
	 * @return the connection, to be closed by the caller
	 * @throws MtlsException if there is no connection: with
	 * {@link Reason#CONFIGURATION_INVALID}, {@link Reason#HOST_UNRESOLVED},
	 * {@link Reason#CONNECT_FAILED}, {@link Reason#HANDSHAKE_FAILED},
	 * {@link Reason#HANDSHAKE_TIMEOUT}, or the reason for which the server was refused,
	 * {@link Reason#ADDRESS_NOT_ALLOWED} before a byte is sent
	 * @throws IllegalStateException if the context is closed
	 */
	public MtlsConnection connect(String hostAndPort) {
		return connect(HostAndPort.ofPeer(hostAndPort), clientTls());
	}

	/**
	 * Connect to a server as {@link #connect(String)} does, and negotiate less than this
	 * context allows. A session is resumed only if its protocol and cipher suite are
	 * among that. Its named group is not asked: TLS 1.3 negotiates one again, TLS 1.2
	 * does not.
	 * @param hostAndPort such as {@code api.example.com:8443}
	 * @param tls what may be negotiated
	 * @return the connection, to be closed by the caller
	 * @throws MtlsException if there is no connection, or that is more than this context
	 * allows ({@link Reason#CONFIGURATION_CONFLICT})
	 * @throws IllegalStateException if the context is closed
	 */
	public MtlsConnection connect(String hostAndPort, TlsProfile tls) {
		return connect(HostAndPort.ofPeer(hostAndPort), clientTls().narrowedTo(tls));
	}

	/**
	 * Connect to a server as {@link #connect(String)} does.
	 * @param host a DNS name or an IP address, an IPv6 address without brackets
	 * @param port the port
	 * @return the connection, to be closed by the caller
	 * @throws MtlsException if there is no connection
	 * @throws IllegalStateException if the context is closed
	 */
	public MtlsConnection connect(String host, int port) {
		return connect(new HostAndPort(host, port).toConnect(), clientTls());
	}

	/**
	 * Connect to a server as {@link #connect(String)} does, on another thread.
	 * @param hostAndPort such as {@code api.example.com:8443}
	 * @return completes with the connection, to be closed by the caller, or with the
	 * {@link MtlsException} that says why there is none. If it is cancelled the
	 * connection is closed
	 * @throws MtlsException if the text is no host and port
	 * ({@link Reason#CONFIGURATION_INVALID})
	 * @throws IllegalStateException if the context is closed
	 */
	public CompletableFuture<MtlsConnection> connectAsync(String hostAndPort) {
		HostAndPort server = HostAndPort.ofPeer(hostAndPort);
		CompletableFuture<MtlsConnection> future = new CompletableFuture<>();
		checkOpen();
		try {
			this.threads.run(() -> connect(server, future));
		}
		catch (RejectedExecutionException ex) {
			throw closedException();
		}
		return future;
	}

	/**
	 * Listen for connections.
	 * @param hostAndPort the address of this host and a port, such as
	 * {@code 0.0.0.0:8443}; port 0 for a free one
	 * @return the listener, to be closed by the caller or with this context
	 * @throws MtlsException if the text is no host and port
	 * ({@link Reason#CONFIGURATION_INVALID}), the host has no address
	 * ({@link Reason#HOST_UNRESOLVED}), it cannot be listened at
	 * ({@link Reason#BIND_FAILED}), or there is no key ({@link Reason#KEY_MISSING})
	 * @throws IllegalStateException if the context is closed
	 */
	public MtlsListener listen(String hostAndPort) {
		HostAndPort local = HostAndPort.ofListener(hostAndPort);
		return listen(local, serverTls());
	}

	/**
	 * Listen for connections as {@link #listen(String)} does, and negotiate less with
	 * them than this context allows. Of sessions that are resumed holds what
	 * {@link #connect(String, TlsProfile)} says.
	 * @param hostAndPort the address of this host and a port
	 * @param tls what may be negotiated
	 * @return the listener, to be closed by the caller or with this context
	 * @throws MtlsException as {@link #listen(String)} does, or if that is more than this
	 * context allows ({@link Reason#CONFIGURATION_CONFLICT})
	 * @throws IllegalStateException if the context is closed
	 */
	public MtlsListener listen(String hostAndPort, TlsProfile tls) {
		HostAndPort local = HostAndPort.ofListener(hostAndPort);
		return listen(local, serverTls().narrowedTo(tls));
	}

	/**
	 * Be told what happens from now on.
	 * @param listener is told on the thread on which it happens: it must not block. What
	 * it throws changes nothing and goes to that thread's
	 * {@link Thread#getUncaughtExceptionHandler() handler of uncaught exceptions}
	 * @return removes the listener
	 */
	public Runnable onEvent(Consumer<? super MtlsEvent> listener) {
		return this.events.add(listener);
	}

	/**
	 * Refuses every peer, and cuts those that are connected, while it is engaged.
	 * @return the switch of both directions
	 */
	public KillSwitch killSwitch() {
		return this.killSwitch;
	}

	/**
	 * Look now whether anything changed in the files. What is broken is told as an event,
	 * and what was there stays.
	 * @return whether anything was replaced
	 */
	public boolean reload() {
		boolean changed = this.clientGate.reload();
		return (this.serverGate != null && this.serverGate.reload()) || changed;
	}

	/**
	 * What decides about the clients that connect.
	 * @return the gate
	 * @throws MtlsException if the context has no key ({@link Reason#KEY_MISSING})
	 */
	public Gate serverGate() {
		if (this.serverGate == null) {
			throw new MtlsException(Reason.KEY_MISSING, MtlsContextBuilder.PREFIX,
					"a server needs a certificate and private key, and there are none",
					"set certificate and privateKey, or keyStore");
		}
		return this.serverGate;
	}

	/**
	 * What decides about the servers that are connected to.
	 * @return the gate
	 */
	public Gate clientGate() {
		return this.clientGate;
	}

	/**
	 * For a library that connects to servers. It follows every change. Its engines and
	 * sockets ask for the server's certificate as {@link #connect} does, have the server
	 * admitted with the end of the handshake, and let nothing more pass once it no longer
	 * is: whoever uses one gets a {@link javax.net.ssl.SSLException} whose cause is the
	 * {@link MtlsException} that says why.
	 * <p>
	 * Unlike with {@link #connect}, an engine knows no address, so that
	 * {@linkplain MtlsContextBuilder#allowedNetworks allowed networks} are not asked; it
	 * has no hold on its connection either, so that an idle one is closed only at its
	 * next byte. Sockets are closed at once, but the end of a stream without close_notify
	 * is what the JDK makes of it. Timeouts but that of the handshake, and closing, are
	 * for the library.
	 * @return the context
	 */
	public SSLContext clientSslContext() {
		return DelegatingSslContext.of(() -> GatedSslContext.current(this.clientGate, this.threads));
	}

	/**
	 * For a library that accepts clients, such as the JDK's own
	 * {@code com.sun.net.httpserver.HttpsServer}. It follows every change. Its engines,
	 * its sockets and its default parameters ask for a client certificate, and whatever a
	 * library makes of them, a client without one is refused unless it needs none. What
	 * {@link #clientSslContext()} says of engines and sockets holds here as well.
	 * @return the context
	 * @throws MtlsException if the context has no key ({@link Reason#KEY_MISSING})
	 */
	public SSLContext serverSslContext() {
		Gate gate = serverGate();
		return DelegatingSslContext.of(() -> GatedSslContext.current(gate, this.threads));
	}

	/**
	 * For a library that makes sockets to servers. An address is asked for before it is
	 * connected to.
	 * @return the factory of {@link #clientSslContext()}
	 */
	public SSLSocketFactory socketFactory() {
		return clientSslContext().getSocketFactory();
	}

	/**
	 * For a library that makes server sockets. A client whose address is not allowed is
	 * reset as soon as it is accepted; its socket is handed out closed.
	 * @return the factory of {@link #serverSslContext()}
	 * @throws MtlsException if the context has no key ({@link Reason#KEY_MISSING})
	 */
	public SSLServerSocketFactory serverSocketFactory() {
		return serverSslContext().getServerSocketFactory();
	}

	/**
	 * Close every listener and every connection, within about a second, and look for
	 * changes no more. What was made of this must not be used any longer.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.connections.close();
		this.listeners.forEach(MtlsListener::close);
		this.threads.later(CLOSE_TIMEOUT, () -> this.connections.forEach(MtlsConnection::cut));
		this.connector.close();
		this.connections.forEach(MtlsConnection::end);
		this.threads.close();
	}

	@Override
	public String toString() {
		return "MtlsContext[%s, %s]".formatted(this.serverGate, this.clientGate);
	}

	/**
	 * Make a connection of one that was accepted.
	 * @param socket the socket, whose address is allowed
	 * @param profile what may be negotiated
	 * @param ofListener is told of the connection too
	 * @return the connection
	 * @throws MtlsException if the handshake failed or the client was refused
	 * @throws IOException if the connection broke
	 */
	MtlsConnection accepted(TcpSocket socket, TlsProfile profile, OpenConnections ofListener) throws IOException {
		MtlsConnection connection = open(SocketHandshake.withClient(serverGate(), profile, socket));
		ofListener.add(connection);
		connection.whenClosed(() -> {
			this.connections.remove(connection);
			ofListener.remove(connection);
		});
		return connection;
	}

	void closed(MtlsListener listener) {
		this.listeners.remove(listener);
	}

	private TlsProfile serverTls() {
		return serverGate().settings().tls();
	}

	private TlsProfile clientTls() {
		return this.clientGate.settings().tls();
	}

	private void connect(HostAndPort server, CompletableFuture<MtlsConnection> future) {
		try {
			MtlsConnection connection = connect(server, clientTls());
			if (!future.complete(connection)) {
				connection.close();
			}
		}
		catch (RuntimeException | Error ex) {
			future.completeExceptionally(ex);
		}
	}

	private MtlsConnection connect(HostAndPort server, TlsProfile profile) {
		checkOpen();
		Established established = this.connector.connect(server, profile);
		try {
			MtlsConnection connection = open(established);
			connection.whenClosed(() -> this.connections.remove(connection));
			return connection;
		}
		catch (IOException ex) {
			throw Refusal.ofConnection(server.toString(),
					new Decision.Deny(Reason.CONNECT_FAILED, "the connection was lost: " + Refusal.messageOf(ex)), ex);
		}
	}

	private MtlsListener listen(HostAndPort local, TlsProfile profile) {
		checkOpen();
		MtlsListener listener = new MtlsListener(this, this.threads, bind(local), profile);
		this.listeners.add(listener);
		listener.start();
		if (this.closed) {
			listener.close();
			throw closedException();
		}
		return listener;
	}

	private MtlsConnection open(Established established) throws IOException {
		try {
			MtlsConnection connection = new MtlsConnection(established, this.threads, this.timeouts);
			if (!this.connections.add(connection)) {
				throw closedException();
			}
			return connection;
		}
		catch (IOException | RuntimeException ex) {
			established.tcp().reset();
			established.live().closed();
			throw ex;
		}
	}

	private static TcpServerSocket bind(HostAndPort local) {
		try {
			InetAddress address = InetAddress.getByName(local.host());
			TcpServerSocket server = new TcpServerSocket();
			try {
				server.bind(new InetSocketAddress(address, local.port()), MtlsListener.BACKLOG);
				return server;
			}
			catch (IOException | RuntimeException ex) {
				server.close();
				throw ex;
			}
		}
		catch (UnknownHostException ex) {
			throw new MtlsException(Reason.HOST_UNRESOLVED, local.toString(), "the host could not be resolved",
					"name an address of this host, or 0.0.0.0 for all", ex);
		}
		catch (IOException ex) {
			throw new MtlsException(Reason.BIND_FAILED, local.toString(),
					"it cannot be listened at: " + Refusal.messageOf(ex), Reason.BIND_FAILED.fix(), ex);
		}
	}

	private void walk() {
		this.clientGate.walk();
		if (this.serverGate != null) {
			this.serverGate.walk();
		}
	}

	private void checkOpen() {
		if (this.closed) {
			throw closedException();
		}
	}

	private static IllegalStateException closedException() {
		return new IllegalStateException("The context is closed");
	}

}
