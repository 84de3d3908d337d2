package dev.mtls.tcp.server;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TcpConnectionHandler;
import dev.mtls.tcp.TcpTimeouts;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tls.TlsProfile;

/**
 * A TCP server behind a gate. Addresses are refused before a TLS byte is read or written,
 * peers after their handshake, and connections are cut as soon as their peer is no longer
 * admitted. How many connections there may be, and how long a handshake may take, are
 * {@linkplain dev.mtls.gate.GateSettings settings} of the gate.
 * <p>
 * Immutable: each method returns another server, as in Reactor Netty. Safe for use by any
 * number of threads.
 */
public final class MtlsTcpServer {

	private static final Duration DRAIN_TIME = Duration.ofSeconds(30);

	private final Gate gate;

	private String name;

	private String host = "0.0.0.0";

	private int port;

	private TcpConnectionHandler handler = (connection) -> Mono.empty();

	private TcpTimeouts timeouts = TcpTimeouts.NONE;

	private Duration drainTime = DRAIN_TIME;

	private TlsEngine engine = TlsEngine.preferred();

	private TlsProfile profile;

	private @Nullable LoopResources loops;

	private Consumer<Connection> pipeline = (connection) -> {
	};

	private UnaryOperator<TcpServer> customizer = UnaryOperator.identity();

	private MtlsTcpServer(Gate gate) {
		this.gate = gate;
		this.name = gate.settings().name();
		this.profile = gate.settings().tls();
	}

	private MtlsTcpServer(MtlsTcpServer server) {
		this.gate = server.gate;
		this.name = server.name;
		this.host = server.host;
		this.port = server.port;
		this.handler = server.handler;
		this.timeouts = server.timeouts;
		this.drainTime = server.drainTime;
		this.engine = server.engine;
		this.profile = server.profile;
		this.loops = server.loops;
		this.pipeline = server.pipeline;
		this.customizer = server.customizer;
	}

	/**
	 * Create a server, which listens on a free port of every address and closes each
	 * connection until it is told otherwise.
	 * @param gate the gate of a server, which somebody has to walk and to reload
	 * @return the server
	 */
	public static MtlsTcpServer create(Gate gate) {
		return new MtlsTcpServer(gate);
	}

	/**
	 * Name the server in messages.
	 * @param name where it is configured, such as {@code mtls.tcp.servers.echo}; the name
	 * of the gate if not set
	 * @return another server
	 */
	public MtlsTcpServer name(String name) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.name = name;
		return server;
	}

	/**
	 * Listen at an address.
	 * @param host the name or address of an interface of this machine
	 * @return another server
	 */
	public MtlsTcpServer host(String host) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.host = host;
		return server;
	}

	/**
	 * Listen on a port.
	 * @param port the port, or 0 for a free one
	 * @return another server
	 */
	public MtlsTcpServer port(int port) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.port = port;
		return server;
	}

	/**
	 * Handle the connections whose peer was admitted.
	 * @param handler the handler, called on the event loop of each connection
	 * @return another server
	 */
	public MtlsTcpServer handle(TcpConnectionHandler handler) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.handler = handler;
		return server;
	}

	/**
	 * Close connections that wait too long.
	 * @param timeouts how long they may wait
	 * @return another server
	 */
	public MtlsTcpServer timeouts(TcpTimeouts timeouts) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.timeouts = timeouts;
		return server;
	}

	/**
	 * Bound the time for which connections may go on when the server is shut down.
	 * @param drainTime the time, 30 seconds if not set; zero to cut them at once
	 * @return another server
	 */
	public MtlsTcpServer drainTime(Duration drainTime) {
		if (drainTime.isNegative()) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "drain-time=" + drainTime, "the time is negative",
					"set a duration such as 30s, or 0 to cut connections at once");
		}
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.drainTime = drainTime;
		return server;
	}

	/**
	 * Speak TLS with another engine than the {@linkplain TlsEngine#preferred() preferred}
	 * one.
	 * @param engine the engine
	 * @return another server
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it is not there
	 */
	public MtlsTcpServer engine(TlsEngine engine) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.engine = engine.checked();
		return server;
	}

	/**
	 * Negotiate less than the gate allows.
	 * @param tls what may be negotiated; if that is more, {@link #bind()} fails
	 * @return another server
	 */
	public MtlsTcpServer tls(TlsProfile tls) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.profile = tls;
		return server;
	}

	/**
	 * Run on event loops of one's own. On those of Netty's epoll transport, from Netty
	 * 4.2.14 on, a connection is broken off when more is sent than fits into the buffers
	 * of its socket after the peer closed its output; on those that are shared if none
	 * are set, and on those of NIO, it is not.
	 * @param loops the event loops
	 * @return another server
	 */
	public MtlsTcpServer runOn(LoopResources loops) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.loops = loops;
		return server;
	}

	/**
	 * Add handlers to the pipeline of each connection, such as codecs of Netty, when its
	 * peer was admitted and before anything is sent or received.
	 * @param pipeline adds them, for the last in the pipeline is the one that is next to
	 * the user
	 * @return another server
	 */
	public MtlsTcpServer pipeline(Consumer<Connection> pipeline) {
		MtlsTcpServer server = new MtlsTcpServer(this);
		server.pipeline = this.pipeline.andThen(pipeline);
		return server;
	}

	/**
	 * Set what Reactor Netty has beside, such as options of the sockets. What this server
	 * sets itself wins.
	 * @param customizer customizes the server of Reactor Netty, after earlier ones
	 * @return another server
	 */
	public MtlsTcpServer customize(UnaryOperator<TcpServer> customizer) {
		UnaryOperator<TcpServer> before = this.customizer;
		MtlsTcpServer copy = new MtlsTcpServer(this);
		copy.customizer = (server) -> customizer.apply(before.apply(server));
		return copy;
	}

	/**
	 * Begin to listen.
	 * @return the listener, or an {@link MtlsException} with {@code BIND_FAILED} if the
	 * address cannot be listened at, with {@code ENGINE_UNSUPPORTED} if the engine cannot
	 * do what is configured, or with {@code CONFIGURATION_CONFLICT} if that is more than
	 * the gate allows
	 */
	public Mono<TcpListener> bind() {
		return Mono.defer(() -> new Binding(this).bind());
	}

	/**
	 * Begin to listen, and wait for it.
	 * @return the listener
	 * @throws MtlsException as {@link #bind()} tells it
	 */
	public TcpListener bindNow() {
		TcpListener listener = bind().block(Duration.ofSeconds(45));
		if (listener == null) {
			throw new IllegalStateException("There is no listener");
		}
		return listener;
	}

	/**
	 * The gate of this server.
	 * @return the gate
	 */
	public Gate gate() {
		return this.gate;
	}

	String name() {
		return this.name;
	}

	String host() {
		return this.host;
	}

	int port() {
		return this.port;
	}

	TcpConnectionHandler handler() {
		return this.handler;
	}

	TcpTimeouts timeouts() {
		return this.timeouts;
	}

	Duration drainTime() {
		return this.drainTime;
	}

	TlsEngine engine() {
		return this.engine;
	}

	TlsProfile profile() {
		return this.profile;
	}

	@Nullable LoopResources loops() {
		return this.loops;
	}

	void addHandlers(Connection connection) {
		this.pipeline.accept(connection);
	}

	TcpServer customize(TcpServer server) {
		return this.customizer.apply(server);
	}

}
