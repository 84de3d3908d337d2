package dev.mtls.tcp.client;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.netty.GatedPipeline;
import dev.mtls.tcp.netty.GatedSslContexts;
import dev.mtls.tcp.netty.GatedSslProvider;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.tcp.netty.ServerAdmission;
import dev.mtls.tls.TlsProfile;

/**
 * A TCP client behind a gate. The address is checked before it is connected to, the
 * server after the handshake and before a byte is sent to it, and connections are cut as
 * soon as their server is no longer admitted. Each connection uses the current material;
 * sessions are resumed as long as nothing changed.
 * <p>
 * Immutable: each method returns another client, as in Reactor Netty. Safe for use by any
 * number of threads.
 */
public final class MtlsTcpClient {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private final Gate gate;

	private String name;

	private String host = "localhost";

	private int port;

	private Duration connectTimeout = CONNECT_TIMEOUT;

	private TcpTimeouts timeouts = TcpTimeouts.NONE;

	private TlsEngine engine = TlsEngine.preferred();

	private TlsProfile profile;

	private GatedSslProvider tls;

	private @Nullable Backoff backoff;

	private @Nullable LoopResources loops;

	private Consumer<Connection> pipeline = (connection) -> {
	};

	private UnaryOperator<TcpClient> customizer = UnaryOperator.identity();

	private MtlsTcpClient(Gate gate) {
		this.gate = gate;
		this.name = gate.settings().name();
		this.profile = gate.settings().tls();
		this.tls = provider();
	}

	private MtlsTcpClient(MtlsTcpClient client) {
		this.gate = client.gate;
		this.name = client.name;
		this.host = client.host;
		this.port = client.port;
		this.connectTimeout = client.connectTimeout;
		this.timeouts = client.timeouts;
		this.engine = client.engine;
		this.profile = client.profile;
		this.tls = client.tls;
		this.backoff = client.backoff;
		this.loops = client.loops;
		this.pipeline = client.pipeline;
		this.customizer = client.customizer;
	}

	/**
	 * Create a client.
	 * @param gate the gate of a client, which somebody has to walk and to reload
	 * @return the client
	 */
	public static MtlsTcpClient create(Gate gate) {
		return new MtlsTcpClient(gate);
	}

	/**
	 * Name the client in messages.
	 * @param name where it is configured, such as {@code mtls.tcp.clients.orders}; the
	 * name of the gate if not set
	 * @return another client
	 */
	public MtlsTcpClient name(String name) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.name = name;
		client.tls = client.provider();
		return client;
	}

	/**
	 * Connect to a host, whose name is checked against the certificate of the server
	 * where the gate does so.
	 * @param host the name or address
	 * @return another client
	 */
	public MtlsTcpClient host(String host) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.host = host;
		return client;
	}

	/**
	 * Connect to a port.
	 * @param port the port
	 * @return another client
	 */
	public MtlsTcpClient port(int port) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.port = port;
		return client;
	}

	/**
	 * Bound the time in which a connection to one address has to be made. The handshake
	 * has a time of its own.
	 * @param connectTimeout the time, 10 seconds if not set
	 * @return another client
	 * @throws MtlsException if it is less than a millisecond
	 */
	public MtlsTcpClient connectTimeout(Duration connectTimeout) {
		if (connectTimeout.toMillis() <= 0 || connectTimeout.toMillis() > Integer.MAX_VALUE) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "connect-timeout=" + connectTimeout,
					"the timeout is less than a millisecond, or more than 24 days", "set a duration such as 10s");
		}
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.connectTimeout = connectTimeout;
		return client;
	}

	/**
	 * Close connections that wait too long.
	 * @param timeouts how long they may wait
	 * @return another client
	 */
	public MtlsTcpClient timeouts(TcpTimeouts timeouts) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.timeouts = timeouts;
		return client;
	}

	/**
	 * Try again when a connection cannot be made and the failure is
	 * {@linkplain MtlsException#isRecoverable() recoverable}.
	 * @param backoff how long to wait in between; a client that is not told does not try
	 * again
	 * @return another client
	 */
	public MtlsTcpClient retry(Backoff backoff) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.backoff = backoff;
		return client;
	}

	/**
	 * Speak TLS with another engine than the {@linkplain TlsEngine#preferred() preferred}
	 * one.
	 * @param engine the engine
	 * @return another client
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it is not there
	 */
	public MtlsTcpClient engine(TlsEngine engine) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.engine = engine.checked();
		client.tls = client.provider();
		return client;
	}

	/**
	 * Negotiate less than the gate allows.
	 * @param tls what may be negotiated; what the gate allows if not set
	 * @return another client
	 * @throws MtlsException with {@code CONFIGURATION_CONFLICT} if that is more
	 */
	public MtlsTcpClient tls(TlsProfile tls) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.profile = tls;
		client.tls = client.provider();
		return client;
	}

	/**
	 * Run on event loops of one's own. On those of Netty's epoll transport, from Netty
	 * 4.2.14 on, a connection is broken off when more is sent than fits into the buffers
	 * of its socket after the peer closed its output; on those that are shared if none
	 * are set, and on those of NIO, it is not.
	 * @param loops the event loops
	 * @return another client
	 */
	public MtlsTcpClient runOn(LoopResources loops) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.loops = loops;
		return client;
	}

	/**
	 * Add handlers to the pipeline of each connection, such as codecs of Netty, when its
	 * peer was admitted and before anything is sent or received.
	 * @param pipeline adds them, for the last in the pipeline is the one that is next to
	 * the user
	 * @return another client
	 */
	public MtlsTcpClient pipeline(Consumer<Connection> pipeline) {
		MtlsTcpClient client = new MtlsTcpClient(this);
		client.pipeline = this.pipeline.andThen(pipeline);
		return client;
	}

	/**
	 * Set what Reactor Netty has beside, such as a resolver or options of the sockets.
	 * What this client sets itself wins.
	 * @param customizer customizes the client of Reactor Netty, after earlier ones
	 * @return another client
	 */
	public MtlsTcpClient customize(UnaryOperator<TcpClient> customizer) {
		UnaryOperator<TcpClient> before = this.customizer;
		MtlsTcpClient copy = new MtlsTcpClient(this);
		copy.customizer = (client) -> customizer.apply(before.apply(client));
		return copy;
	}

	/**
	 * Connect, and have the server admitted.
	 * @return the connection, whose user has to close it, or an {@link MtlsException},
	 * with {@code ENGINE_UNSUPPORTED} if the engine cannot do what is configured
	 */
	public Mono<TcpConnection> connect() {
		Mono<TcpConnection> connected = connectOnce();
		return (this.backoff != null) ? connected.retryWhen(this.backoff.retryConnect()) : connected;
	}

	/**
	 * Connect, and connect again whenever the connection ends or cannot be made, until
	 * the subscription is cancelled. The wait between two attempts is that of
	 * {@link #retry}, or from 100 milliseconds to 30 seconds. It begins anew after a
	 * connection on which the server sent anything, or that stood for a second: with TLS
	 * 1.3 a server refuses its client only after that has connected.
	 * @param handler handles each connection, which is closed when that completes. It has
	 * to receive, because that is how the end of a connection is noticed
	 * @return never completes; fails with the last failure when there are no attempts
	 * left, or at once if the configuration is wrong
	 */
	public Mono<Void> stayConnected(TcpConnectionHandler handler) {
		Backoff waits = (this.backoff != null) ? this.backoff
				: Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(30));
		Reconnection<TcpConnection> reconnection = new Reconnection<>(this.name, waits, TcpConnection::hasReceived,
				MtlsTcpClient::closed);
		return reconnection.stay(connectOnce(),
				(connection) -> Mono.fromDirect(handler.handle(connection)).takeUntilOther(connection.onClose()));
	}

	/**
	 * The gate of this client.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	/**
	 * The server.
	 * @return its host and port
	 */
	public String server() {
		return "%s:%d".formatted(this.host, this.port);
	}

	@Override
	public String toString() {
		return "MtlsTcpClient[%s, %s]".formatted(this.name, server());
	}

	private Mono<TcpConnection> connectOnce() {
		return Mono.defer(() -> client().connect())
			.map(this::connected)
			.onErrorMap((failure) -> ConnectFailure.of(server(), failure));
	}

	private TcpConnection connected(Connection connection) {
		this.pipeline.accept(connection);
		return TcpConnection.of(connection, this.timeouts, Mono.never());
	}

	private TcpClient client() {
		// What fails when a channel is initialized only closes that
		this.tls.current();
		TcpClient client = this.customizer.apply(TcpClient.newConnection())
			.host(this.host)
			.port(this.port)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) this.connectTimeout.toMillis())
			.option(ChannelOption.ALLOW_HALF_CLOSURE, true)
			.doOnChannelInit((observer, channel, remoteAddress) -> initialize(channel, remoteAddress));
		return (this.loops != null) ? client.runOn(this.loops) : HalfCloseLoops.runOn(client);
	}

	private void initialize(Channel channel, @Nullable SocketAddress remoteAddress) {
		this.tls.current().addSslHandler(channel, remoteAddress, false);
		GatedPipeline.connecting(channel, this.gate, ServerAdmission.of(this.gate), (pipeline, refusal) -> refusal);
		GatedPipeline.endsByItself(channel);
	}

	private GatedSslProvider provider() {
		return new GatedSslProvider(
				new GatedSslContexts(this.gate, this.profile, this.name, this.engine.provider(), List.of()));
	}

	private static Mono<Void> closed(TcpConnection connection) {
		return Mono.fromRunnable(connection::close).then(connection.onClose());
	}

}
