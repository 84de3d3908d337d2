package dev.mtls.tcp.tunnel;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import dev.mtls.address.HostAndPort;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;

/**
 * Tunnels between plain clients and a plain service, with certificates of one authority.
 */
final class TunnelSite implements AutoCloseable {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static final int READ_TIMEOUT = 10_000;

	private final Site site = new Site();

	private final List<RunningTunnel> tunnels = new ArrayList<>();

	private final List<Closeable> others = new ArrayList<>();

	private final BlockingQueue<TunnelSession> ended = new LinkedBlockingQueue<>();

	private final List<TunnelSession> started = new CopyOnWriteArrayList<>();

	Site site() {
		return this.site;
	}

	/**
	 * The sessions that ended, of any tunnel of this site.
	 * @return the sessions, the first end first
	 */
	BlockingQueue<TunnelSession> ended() {
		return this.ended;
	}

	List<TunnelSession> started() {
		return this.started;
	}

	/**
	 * A service that is closed with this.
	 * @param handler handles each connection
	 * @return the service
	 */
	PlainServer service(PlainServer.Handler handler) {
		PlainServer service = PlainServer.start(handler);
		this.others.add(service::close);
		return service;
	}

	/**
	 * A service that sends back what it receives, until the client closes its output.
	 * @return the service
	 */
	PlainServer echo() {
		return service((socket) -> {
			socket.getInputStream().transferTo(socket.getOutputStream());
			socket.shutdownOutput();
		});
	}

	/**
	 * A tunnel of the role server that listens on loopback.
	 * @param target where it connects to
	 * @return the tunnel, before it is started
	 */
	MtlsTunnel server(TunnelAddress target) {
		return server(this.site.serverGate(), target);
	}

	MtlsTunnel server(Gate gate, TunnelAddress target) {
		return MtlsTunnel.create(gate).name("server").listen(loopback(0)).target(target);
	}

	/**
	 * A tunnel of the role client that listens on loopback.
	 * @param server the tunnel that it connects to
	 * @return the tunnel, before it is started
	 */
	MtlsTunnel client(RunningTunnel server) {
		return client(this.site.clientGate("app"), server.address());
	}

	MtlsTunnel client(Gate gate, TunnelAddress server) {
		int port = ((TunnelAddress.Internet) server).hostAndPort().port();
		return MtlsTunnel.create(gate)
			.name("client")
			.listen(loopback(0))
			.target(new TunnelAddress.Internet(new HostAndPort("localhost", port)));
	}

	/**
	 * Start a tunnel that is closed with this.
	 * @param tunnel the tunnel
	 * @return the tunnel that runs
	 */
	RunningTunnel start(MtlsTunnel tunnel) {
		RunningTunnel running = Site.get(tunnel.sessionListener(new TunnelSessionListener() {

			@Override
			public void started(TunnelSession session) {
				TunnelSite.this.started.add(session);
			}

			@Override
			public void ended(TunnelSession session) {
				TunnelSite.this.ended.add(session);
			}

		}).start());
		this.tunnels.add(running);
		return running;
	}

	/**
	 * Start a client tunnel and a server tunnel before a service.
	 * @param service the service
	 * @param changes what is to be set on both
	 * @return the client tunnel
	 */
	RunningTunnel pair(PlainServer service, UnaryOperator<MtlsTunnel> changes) {
		RunningTunnel server = start(changes.apply(server(loopback(service.port()))));
		return start(changes.apply(client(server)));
	}

	/**
	 * Connect to a tunnel.
	 * @param tunnel a tunnel that listens at a port
	 * @return the socket, which is closed with this
	 */
	Socket connect(RunningTunnel tunnel) {
		try {
			int port = ((TunnelAddress.Internet) tunnel.address()).hostAndPort().port();
			Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
			socket.setSoTimeout(READ_TIMEOUT);
			this.others.add(socket);
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The end of a session.
	 * @param tunnel the name of its tunnel
	 * @return the first session of that tunnel that ended and was not taken yet
	 */
	TunnelSession end(String tunnel) {
		Site.await(() -> this.ended.stream().anyMatch((session) -> session.tunnel().equals(tunnel)));
		TunnelSession ended = this.ended.stream()
			.filter((session) -> session.tunnel().equals(tunnel))
			.findFirst()
			.orElseThrow();
		this.ended.remove(ended);
		return ended;
	}

	static TunnelAddress loopback(int port) {
		return new TunnelAddress.Internet(new HostAndPort("127.0.0.1", port));
	}

	static void send(Socket socket, String text) {
		try {
			socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String read(Socket socket, int length) {
		try {
			return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String exchange(Socket socket, String text) {
		send(socket, text);
		return read(socket, text.length());
	}

	/**
	 * Read until the peer closes its output.
	 * @param input what comes from it
	 * @return the text
	 * @throws IOException if the connection broke off
	 */
	static String readAll(InputStream input) throws IOException {
		return new String(input.readAllBytes(), StandardCharsets.US_ASCII);
	}

	@Override
	public void close() throws IOException {
		for (RunningTunnel tunnel : this.tunnels) {
			tunnel.close(Duration.ZERO).block(BOUND);
		}
		for (Closeable other : this.others) {
			other.close();
		}
		this.site.close();
	}

}
