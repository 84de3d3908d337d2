package dev.mtls.tcp.tunnel;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.netty.HalfCloseLoops;
import dev.mtls.trust.PeerRole;

/**
 * A tunnel: accepts connections on one side, makes one for each on the other, and passes
 * on what either sends. One of the sides speaks TLS behind a gate, and the other plain
 * TCP. A connection whose peer the gate refuses never reaches the target, and a session
 * is cut as soon as its peer is no longer admitted.
 * <p>
 * What a side sends and how it ends is passed on as it is: the end of its output alone,
 * and a connection that broke off as one that broke off, so that a truncated stream is
 * never taken for a complete one.
 * <p>
 * The plain side has no protection of its own. It has to stay on this machine (see
 * {@link TunnelAddress#isLocal()}) unless that is given up explicitly.
 * <p>
 * Immutable: each method returns another tunnel. Safe for use by any number of threads.
 */
public final class MtlsTunnel {

	private static final boolean PROXY_PROTOCOL_PRESENT = isProxyProtocolPresent();

	private final TunnelRole role;

	private final Gate gate;

	private String name;

	private @Nullable TunnelAddress listen;

	private @Nullable TunnelAddress target;

	private @Nullable String serverName;

	private boolean authenticationDisabled;

	private boolean unsafeListen;

	private boolean unsafeTarget;

	private boolean proxyProtocol;

	private TunnelTimeouts timeouts = TunnelTimeouts.DEFAULTS;

	private int maxConnections = Integer.MAX_VALUE;

	private @Nullable Backoff backoff;

	private TlsEngine engine = TlsEngine.preferred();

	private @Nullable LoopResources loops;

	private TunnelSessionListener sessionListener = new TunnelSessionListener() {
	};

	private MtlsTunnel(TunnelRole role, Gate gate) {
		this.role = role;
		this.gate = gate;
		this.name = gate.settings().name();
	}

	private MtlsTunnel(MtlsTunnel tunnel) {
		this.role = tunnel.role;
		this.gate = tunnel.gate;
		this.name = tunnel.name;
		this.listen = tunnel.listen;
		this.target = tunnel.target;
		this.serverName = tunnel.serverName;
		this.authenticationDisabled = tunnel.authenticationDisabled;
		this.unsafeListen = tunnel.unsafeListen;
		this.unsafeTarget = tunnel.unsafeTarget;
		this.proxyProtocol = tunnel.proxyProtocol;
		this.timeouts = tunnel.timeouts;
		this.maxConnections = tunnel.maxConnections;
		this.backoff = tunnel.backoff;
		this.engine = tunnel.engine;
		this.loops = tunnel.loops;
		this.sessionListener = tunnel.sessionListener;
	}

	/**
	 * Create a tunnel on the side of a gate: that of a server accepts TLS and connects
	 * plainly, that of a client accepts plain connections and connects with TLS.
	 * @param gate the gate, which somebody has to walk and to reload
	 * @return the tunnel
	 */
	public static MtlsTunnel create(Gate gate) {
		return new MtlsTunnel((gate.settings().peerRole() == PeerRole.CLIENT) ? TunnelRole.SERVER : TunnelRole.CLIENT,
				gate);
	}

	/**
	 * Name the tunnel in messages, metrics and sessions.
	 * @param name the name, such as {@code redis}; the name of the gate if not set
	 * @return another tunnel
	 */
	public MtlsTunnel name(String name) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.name = name;
		return tunnel;
	}

	/**
	 * Listen at an address.
	 * @param listen the address. A Unix domain socket is made when the tunnel starts, in
	 * place of one that nobody listens at any more
	 * @return another tunnel
	 */
	public MtlsTunnel listen(TunnelAddress listen) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.listen = listen;
		return tunnel;
	}

	/**
	 * Connect to an address.
	 * @param target the address. A name is resolved for each connection, and its
	 * addresses are tried one after the other
	 * @return another tunnel
	 */
	public MtlsTunnel target(TunnelAddress target) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.target = target;
		return tunnel;
	}

	/**
	 * Ask the server for another name than that of the target, and check its certificate
	 * for it where the gate does so.
	 * @param serverName the name, which is sent as SNI (RFC 6066, section 3)
	 * @return another tunnel
	 */
	public MtlsTunnel serverName(String serverName) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.serverName = serverName;
		return tunnel;
	}

	/**
	 * Ask clients for no certificate. Whoever can connect gets in, from the networks that
	 * the gate allows.
	 * @return another tunnel
	 */
	public MtlsTunnel disableAuthentication() {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.authenticationDisabled = true;
		return tunnel;
	}

	/**
	 * Allow that plain connections come from other machines, which anybody in between can
	 * read and change.
	 * @return another tunnel
	 */
	public MtlsTunnel unsafeListen() {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.unsafeListen = true;
		return tunnel;
	}

	/**
	 * Allow that plain connections go to another machine, which anybody in between can
	 * read and change.
	 * @return another tunnel
	 */
	public MtlsTunnel unsafeTarget() {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.unsafeTarget = true;
		return tunnel;
	}

	/**
	 * Send a header of the PROXY protocol, version 2, to the target before anything else.
	 * It holds the addresses of the client, and what its TLS session and certificate say.
	 * @return another tunnel
	 */
	public MtlsTunnel proxyProtocol() {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.proxyProtocol = true;
		return tunnel;
	}

	/**
	 * Bound how long the tunnel waits.
	 * @param timeouts the bounds, {@link TunnelTimeouts#DEFAULTS} if not set
	 * @return another tunnel
	 */
	public MtlsTunnel timeouts(TunnelTimeouts timeouts) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.timeouts = timeouts;
		return tunnel;
	}

	/**
	 * Bound the number of connections that are accepted, those in the handshake included.
	 * @param maxConnections the number, at least 1; as many as come if not set
	 * @return another tunnel
	 */
	public MtlsTunnel maxConnections(int maxConnections) {
		if (maxConnections < 1) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "max-connections=" + maxConnections,
					"nobody could connect", "set a number of at least 1, or remove it");
		}
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.maxConnections = maxConnections;
		return tunnel;
	}

	/**
	 * Try again when the target cannot be connected to and the failure is
	 * {@linkplain MtlsException#isRecoverable() recoverable}. The client waits meanwhile.
	 * @param backoff how long to wait in between; a tunnel that is not told does not try
	 * again
	 * @return another tunnel
	 */
	public MtlsTunnel retry(Backoff backoff) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.backoff = backoff;
		return tunnel;
	}

	/**
	 * Speak TLS with another engine than the {@linkplain TlsEngine#preferred() preferred}
	 * one.
	 * @param engine the engine
	 * @return another tunnel
	 * @throws MtlsException with {@code ENGINE_UNSUPPORTED} if it is not there
	 */
	public MtlsTunnel engine(TlsEngine engine) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.engine = engine.checked();
		return tunnel;
	}

	/**
	 * Run on event loops of one's own. On those of Netty's epoll transport, from Netty
	 * 4.2.14 on, a connection is broken off when more is sent than fits into the buffers
	 * of its socket after the peer closed its output; on those that are shared if none
	 * are set, and on those of NIO, it is not.
	 * @param loops the event loops
	 * @return another tunnel
	 */
	public MtlsTunnel runOn(LoopResources loops) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.loops = loops;
		return tunnel;
	}

	/**
	 * Tell somebody of the sessions.
	 * @param sessionListener is told
	 * @return another tunnel
	 */
	public MtlsTunnel sessionListener(TunnelSessionListener sessionListener) {
		MtlsTunnel tunnel = new MtlsTunnel(this);
		tunnel.sessionListener = sessionListener;
		return tunnel;
	}

	/**
	 * Begin to listen.
	 * @return the tunnel that runs, or an {@link MtlsException} with {@code BIND_FAILED}
	 * if the address cannot be listened at, with {@code ENGINE_UNSUPPORTED} if the engine
	 * cannot do what is configured, with {@code CONFIGURATION_INVALID} if an address is
	 * missing, or with {@code CONFIGURATION_CONFLICT} if two settings contradict each
	 * other or a plain side would leave this machine
	 */
	public Mono<RunningTunnel> start() {
		return Mono.defer(() -> {
			TunnelAddress listen = checked(this.listen, "listen");
			TunnelAddress target = checked(this.target, "target");
			checkPlainSide(listen, target);
			checkTlsSide((this.role == TunnelRole.SERVER) ? listen : target);
			checkProxyProtocol();
			return new TunnelBinding(this, listen, target).bind();
		});
	}

	Gate gate() {
		return this.gate;
	}

	TunnelRole role() {
		return this.role;
	}

	String name() {
		return this.name;
	}

	String targetText() {
		return String.valueOf(this.target);
	}

	@Nullable String serverName() {
		return this.serverName;
	}

	boolean isAuthenticationDisabled() {
		return this.authenticationDisabled;
	}

	boolean sendsProxyHeader() {
		return this.proxyProtocol;
	}

	TunnelTimeouts timeouts() {
		return this.timeouts;
	}

	int maxConnections() {
		return this.maxConnections;
	}

	@Nullable Backoff backoff() {
		return this.backoff;
	}

	TlsEngine engine() {
		return this.engine;
	}

	LoopResources loops() {
		return (this.loops != null) ? this.loops : HalfCloseLoops.shared();
	}

	TunnelSessionListener sessionListener() {
		return this.sessionListener;
	}

	private TunnelAddress checked(@Nullable TunnelAddress address, String setting) {
		if (address == null) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s: %s".formatted(this.name, setting),
					"it is not set", "set an address such as 127.0.0.1:8080 or unix:/run/app.sock");
		}
		return address;
	}

	private void checkPlainSide(TunnelAddress listen, TunnelAddress target) {
		boolean server = this.role == TunnelRole.SERVER;
		TunnelAddress plain = server ? target : listen;
		if (!plain.isLocal() && !(server ? this.unsafeTarget : this.unsafeListen)) {
			String setting = server ? "target" : "listen";
			throw new MtlsException(Reason.CONFIGURATION_CONFLICT, "%s: %s=%s".formatted(this.name, setting, plain),
					"that side is not encrypted, and would leave this machine",
					"use a loopback address or a Unix domain socket, or set unsafe-%s".formatted(setting));
		}
	}

	private void checkTlsSide(TunnelAddress address) {
		if (address instanceof TunnelAddress.UnixDomain) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s: %s".formatted(this.name, address),
					"the side of TLS is no Unix domain socket", "set a host and a port");
		}
	}

	private void checkProxyProtocol() {
		if (this.proxyProtocol && !PROXY_PROTOCOL_PRESENT) {
			throw new MtlsException(Reason.CONFIGURATION_INVALID, "%s: proxy-protocol".formatted(this.name),
					"the codec of Netty for it is not on the class path", "add io.netty:netty-codec-haproxy");
		}
	}

	private static boolean isProxyProtocolPresent() {
		try {
			Class.forName("io.netty.handler.codec.haproxy.HAProxyMessage", false, MtlsTunnel.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

}
