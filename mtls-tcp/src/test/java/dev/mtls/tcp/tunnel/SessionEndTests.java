package dev.mtls.tcp.tunnel;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for how the sessions of tunnels end.
 */
class SessionEndTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final TunnelSite site = new TunnelSite();

	@AfterEach
	void close() throws IOException {
		this.site.close();
	}

	@Test
	void targetAnswersAfterClientClosedItsOutput() throws IOException {
		PlainServer service = this.site.service((socket) -> {
			String request = TunnelSite.readAll(socket.getInputStream());
			TunnelSite.send(socket, "You sent " + request);
			socket.close();
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		TunnelSite.send(socket, "hello");
		socket.shutdownOutput();
		assertThat(TunnelSite.readAll(socket.getInputStream())).isEqualTo("You sent hello");
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.COMPLETE);
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.COMPLETE);
	}

	@Test
	void clientGoesOnAfterTargetClosedItsOutput() throws Exception {
		CountDownLatch received = new CountDownLatch(1);
		PlainServer service = this.site.service((socket) -> {
			TunnelSite.send(socket, "That is all");
			socket.shutdownOutput();
			if (TunnelSite.readAll(socket.getInputStream()).equals("Thank you")) {
				received.countDown();
			}
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		assertThat(TunnelSite.readAll(socket.getInputStream())).isEqualTo("That is all");
		TunnelSite.send(socket, "Thank you");
		socket.shutdownOutput();
		Site.await(() -> received.getCount() == 0);
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.COMPLETE);
	}

	// What TLS 1.2 cannot do (RFC 5246, section 7.2.1), but nothing is lost up to there
	@ParameterizedTest
	@ValueSource(strings = { "NATIVE", "JDK" })
	void endOfClientIsThatOfBothWithTls12(TlsEngine engine) throws IOException {
		CountDownLatch ended = new CountDownLatch(1);
		PlainServer service = this.site.service((socket) -> {
			if (TunnelSite.readAll(socket.getInputStream()).equals("hello")) {
				ended.countDown();
			}
			socket.close();
		});
		Gate gate = this.site.site().serverGate((settings) -> settings, (locations) -> {
		});
		RunningTunnel server = this.site
			.start(this.site.server(gate, TunnelSite.loopback(service.port())).engine(engine));
		Gate tls12 = this.site.site()
			.open(GateSettings.client("client", true, new TlsProfile(List.of("TLSv1.2"), List.of(), List.of())),
					this.site.site().authority().client("app"), (locations) -> {
					});
		Socket socket = this.site.connect(this.site.start(this.site.client(tls12, server.address()).engine(engine)));
		TunnelSite.send(socket, "hello");
		socket.shutdownOutput();
		assertThat(TunnelSite.readAll(socket.getInputStream())).isEmpty();
		Site.await(() -> ended.getCount() == 0);
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.COMPLETE);
	}

	@Test
	void resetOfClientIsOneForTarget() throws Exception {
		CountDownLatch reset = new CountDownLatch(1);
		PlainServer service = this.site.service((socket) -> {
			TunnelSite.send(socket, "hello");
			try {
				socket.getInputStream().transferTo(OutputStream.nullOutputStream());
			}
			catch (SocketException ex) {
				reset.countDown();
			}
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		assertThat(TunnelSite.read(socket, 5)).isEqualTo("hello");
		socket.setSoLinger(true, 0);
		socket.close();
		Site.await(() -> reset.getCount() == 0);
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.CLIENT_RESET);
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.CLIENT_RESET);
	}

	@Test
	void resetOfTargetIsOneForClient() {
		PlainServer service = this.site.service((socket) -> {
			socket.getInputStream().read();
			socket.setSoLinger(true, 0);
			socket.close();
		});
		Socket socket = this.site.connect(this.site.pair(service, (any) -> any));
		TunnelSite.send(socket, "x");
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.TARGET_RESET);
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.TARGET_RESET);
	}

	@Test
	void clientIsClosedWhenTargetIsDownAndTunnelLives() throws IOException {
		int port = freePort();
		RunningTunnel tunnel = this.site.start(this.site.server(TunnelSite.loopback(port)));
		RunningTunnel client = this.site.start(this.site.client(tunnel));
		assertThatExceptionOfType(SocketException.class)
			.isThrownBy(() -> this.site.connect(client).getInputStream().read());
		TunnelSession ended = this.site.end("server");
		assertThat(ended.end()).isEqualTo(SessionEnd.CONNECT_FAILED);
		assertThat(ended.detail()).contains("127.0.0.1:" + port).contains("refused");
		try (ServerSocket late = new ServerSocket(port)) {
			Socket socket = this.site.connect(client);
			TunnelSite.send(socket, "hello");
			Socket accepted = late.accept();
			accepted.setSoTimeout(10_000);
			assertThat(TunnelSite.read(accepted, 5)).isEqualTo("hello");
			accepted.close();
		}
	}

	@Test
	void targetThatComesUpWhileItIsTriedAgainIsReached() throws Exception {
		int port = freePort();
		RunningTunnel tunnel = this.site.start(this.site.server(TunnelSite.loopback(port))
			.retry(Backoff.exponential(Duration.ofMillis(20), Duration.ofMillis(100)).withAttempts(1000)));
		Socket socket = this.site.connect(this.site.start(this.site.client(tunnel)));
		TunnelSite.send(socket, "hello");
		Site.await(() -> tunnel.totalSessions() == 1);
		try (ServerSocket late = new ServerSocket(port)) {
			late.setSoTimeout(10_000);
			Socket accepted = late.accept();
			accepted.setSoTimeout(10_000);
			assertThat(TunnelSite.read(accepted, 5)).isEqualTo("hello");
			accepted.close();
		}
	}

	@Test
	void clientThatGoesWhileTargetIsTriedAgainEndsTheSession() throws IOException {
		int port = freePort();
		RunningTunnel tunnel = this.site
			.start(this.site.client(this.site.site().clientGate("app"), TunnelSite.loopback(port))
				.retry(Backoff.fixed(Duration.ofMillis(20))));
		Socket socket = this.site.connect(tunnel);
		Site.await(() -> tunnel.totalSessions() == 1);
		socket.setSoLinger(true, 0);
		socket.close();
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.CLIENT_RESET);
		assertThat(tunnel.connections()).isZero();
		try (ServerSocket late = new ServerSocket(port)) {
			late.setSoTimeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(late::accept);
		}
	}

	@Test
	void targetThatStaysDownIsTriedAgainForTheAttemptsAlone() {
		RunningTunnel tunnel = this.site
			.start(this.site.client(this.site.site().clientGate("app"), TunnelSite.loopback(freePort()))
				.retry(Backoff.fixed(Duration.ofMillis(20)).withAttempts(2)));
		Socket socket = this.site.connect(tunnel);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		TunnelSession ended = this.site.end("client");
		assertThat(ended.end()).isEqualTo(SessionEnd.CONNECT_FAILED);
		assertThat(ended.uptime()).isGreaterThanOrEqualTo(Duration.ofMillis(40));
	}

	@Test
	void serverThatIsNotAllowedIsNotTriedAgain() {
		PlainServer service = this.site.echo();
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(service.port())));
		Gate gate = this.site.site()
			.clientGate(this.site.site().authority().client("app"), (settings) -> settings,
					(locations) -> locations.allowedPeers("allowed-servers", List.of("dns:other")));
		RunningTunnel tunnel = this.site
			.start(this.site.client(gate, server.address()).retry(Backoff.fixed(Duration.ofMillis(20))));
		Socket socket = this.site.connect(tunnel);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.TARGET_REFUSED);
	}

	@Test
	void targetThatTakesNoConnectionsIsGivenUpAfterConnectTimeout() throws IOException {
		List<Socket> sockets = new ArrayList<>();
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			// Linux takes one more than it is told to, and drops what comes then
			for (int i = 0; i < 4; i++) {
				sockets.add(connecting(full));
			}
			RunningTunnel tunnel = this.site
				.start(this.site.client(this.site.site().clientGate("app"), TunnelSite.loopback(full.getLocalPort()))
					.timeouts(new TunnelTimeouts(SHORT, LONG, null, null, SHORT)));
			Socket socket = this.site.connect(tunnel);
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
			TunnelSession ended = this.site.end("client");
			assertThat(ended.end()).isEqualTo(SessionEnd.CONNECT_FAILED);
			assertThat(ended.detail()).contains("in time");
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	@Test
	void clientThatIsNotAllowedIsRefusedAndItsTunnelSaysSo() {
		PlainServer service = this.site.echo();
		Gate gate = this.site.site()
			.serverGate((settings) -> settings,
					(locations) -> locations.allowedPeers("allowed-clients", List.of("dns:other")));
		RunningTunnel server = this.site.start(this.site.server(gate, TunnelSite.loopback(service.port())));
		Socket socket = this.site.connect(this.site.start(this.site.client(server)));
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		assertThat(this.site.end("client").end()).isIn(SessionEnd.TARGET_RESET, SessionEnd.TARGET_REFUSED);
		assertThat(service.accepted()).isEmpty();
		assertThat(server.totalSessions()).isZero();
	}

	@Test
	void serverThatIsNotAllowedIsRefusedWithTheReason() {
		PlainServer service = this.site.echo();
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(service.port())));
		Gate gate = this.site.site()
			.clientGate(this.site.site().authority().client("app"), (settings) -> settings,
					(locations) -> locations.allowedPeers("allowed-servers", List.of("dns:other")));
		Socket socket = this.site.connect(this.site.start(this.site.client(gate, server.address())));
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		TunnelSession ended = this.site.end("client");
		assertThat(ended.end()).isEqualTo(SessionEnd.TARGET_REFUSED);
		assertThat(ended.detail()).contains("localhost");
	}

	@Test
	void peerThatIsNoLongerAdmittedIsCut() {
		Socket socket = this.site.connect(this.site.pair(this.site.echo(), (any) -> any));
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		this.site.site().killSwitch().set(true);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		TunnelSession ended = this.site.end("server");
		assertThat(ended.end()).isIn(SessionEnd.PEER_CUT, SessionEnd.CLIENT_RESET);
	}

	@Test
	void silenceEndsSessionAfterIdleTimeout() {
		RunningTunnel tunnel = this.site.pair(this.site.echo(),
				(any) -> any.timeouts(new TunnelTimeouts(SHORT, SHORT, SHORT, null, SHORT)));
		Socket socket = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
		assertThat(this.site.end("client").end()).isIn(SessionEnd.IDLE_TIMEOUT, SessionEnd.TARGET_RESET);
	}

	@Test
	void sessionThatIsBusyOutlivesIdleTimeout() {
		RunningTunnel tunnel = this.site.pair(this.site.echo(),
				(any) -> any.timeouts(new TunnelTimeouts(LONG, LONG, Duration.ofSeconds(1), null, SHORT)));
		Socket socket = this.site.connect(tunnel);
		Instant end = Instant.now().plus(Duration.ofMillis(2500));
		while (Instant.now().isBefore(end)) {
			assertThat(TunnelSite.exchange(socket, "x")).isEqualTo("x");
		}
	}

	@Test
	void ageEndsSessionThatIsBusy() {
		RunningTunnel tunnel = this.site
			.start(this.site.client(this.site.start(this.site.server(TunnelSite.loopback(this.site.echo().port()))))
				.timeouts(new TunnelTimeouts(SHORT, SHORT, null, Duration.ofMillis(500), SHORT)));
		Socket socket = this.site.connect(tunnel);
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
			String answer = "x";
			while (answer.equals("x")) {
				answer = TunnelSite.exchange(socket, "x");
			}
			throw new SocketException("The connection ended in order");
		});
		TunnelSession ended = this.site.end("client");
		assertThat(ended.end()).isEqualTo(SessionEnd.LIFETIME);
		assertThat(ended.uptime()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));
	}

	@Test
	void sideThatNeverClosesEndsAfterCloseTimeout() throws IOException {
		// Its own output stays open
		PlainServer service = this.site
			.service((socket) -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(service.port()))
			.timeouts(new TunnelTimeouts(SHORT, SHORT, null, null, SHORT)));
		RunningTunnel tunnel = this.site.start(this.site.client(server));
		Socket socket = this.site.connect(tunnel);
		socket.shutdownOutput();
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.CLOSE_TIMEOUT);
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.TARGET_RESET);
		assertThat(service.accepted()).hasSize(1);
	}

	@Test
	void connectionsBeyondTheirNumberAreClosedAtOnce() {
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(this.site.echo().port())));
		RunningTunnel tunnel = this.site.start(this.site.client(server).maxConnections(1));
		Socket first = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(first, "hello")).isEqualTo("hello");
		Socket second = this.site.connect(tunnel);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> second.getInputStream().read());
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.CONNECTION_LIMIT);
		assertThat(TunnelSite.exchange(first, "again")).isEqualTo("again");
	}

	@Test
	void connectionsOfServerBeyondTheirNumberAreClosedAtOnce() {
		PlainServer service = this.site.echo();
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(service.port())).maxConnections(1));
		RunningTunnel tunnel = this.site.start(this.site.client(server));
		Socket first = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(first, "hello")).isEqualTo("hello");
		Socket second = this.site.connect(tunnel);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> second.getInputStream().read());
		assertThat(this.site.end("server").end()).isEqualTo(SessionEnd.CONNECTION_LIMIT);
		assertThat(service.accepted()).hasSize(1);
		assertThat(TunnelSite.exchange(first, "again")).isEqualTo("again");
	}

	@Test
	void connectionsBeyondTheirNumberTakeNoPlace() throws IOException {
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(this.site.echo().port())));
		RunningTunnel tunnel = this.site.start(this.site.client(server).maxConnections(1));
		Socket first = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(first, "hello")).isEqualTo("hello");
		Socket second = this.site.connect(tunnel);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> second.getInputStream().read());
		first.close();
		Site.await(() -> tunnel.connections() == 0);
		assertThat(TunnelSite.exchange(this.site.connect(tunnel), "again")).isEqualTo("again");
	}

	@Test
	void sessionsComeToTheirEndWhileTunnelShutsDown() throws IOException {
		RunningTunnel tunnel = this.site.pair(this.site.echo(), (any) -> any);
		Socket socket = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		var closed = tunnel.close(Duration.ofSeconds(20)).toFuture();
		Site.await(() -> !tunnel.isListening());
		assertThat(TunnelSite.exchange(socket, "still")).isEqualTo("still");
		assertThat(closed).isNotDone();
		socket.shutdownOutput();
		assertThat(TunnelSite.readAll(socket.getInputStream())).isEmpty();
		Site.await(closed::isDone);
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.COMPLETE);
	}

	@Test
	void handshakesAreNotWaitedForWhileTunnelShutsDown() throws IOException {
		RunningTunnel server = this.site.start(this.site.server(TunnelSite.loopback(this.site.echo().port())));
		Socket silent = this.site.connect(server);
		Site.await(() -> server.connections() == 1);
		server.close(LONG).block(Duration.ofSeconds(5));
		assertThat(PlainClient.countUntilEnd(silent)).isZero();
	}

	@Test
	void sessionsThatGoOnAreCutAfterShutdownTimeout() {
		RunningTunnel tunnel = this.site.pair(this.site.echo(), (any) -> any);
		Socket socket = this.site.connect(tunnel);
		assertThat(TunnelSite.exchange(socket, "hello")).isEqualTo("hello");
		Site.end(tunnel.close(SHORT));
		assertThat(this.site.end("client").end()).isEqualTo(SessionEnd.SHUTDOWN);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.getInputStream().read());
	}

	private static Socket connecting(ServerSocket server) {
		Socket socket = new Socket();
		try {
			socket.connect(server.getLocalSocketAddress(), 100);
		}
		catch (IOException ex) {
			// The backlog is full
		}
		return socket;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
