package dev.mtls.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLSocket;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for peers that keep a connection waiting.
 */
class TimeoutTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private final Site site = new Site();

	private final AtomicReference<Throwable> failure = new AtomicReference<>();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void silentPeerIsResetWhenHandshakeTimesOutAndItsSlotIsFree(TlsEngine engine) throws IOException {
		TcpListener listener = this.site.echo(engine,
				serverGate((settings) -> settings.withHandshakeTimeout(SHORT)
					.withLimits(new ConnectionLimits(1, ConnectionLimits.UNLIMITED, ConnectionLimits.UNLIMITED,
							ConnectionLimits.UNLIMITED))));
		try (Socket silent = PlainClient.connect(listener.port())) {
			assertThat(PlainClient.countUntilEnd(silent)).isZero();
		}
		assertThat(this.site.refusals()).containsExactly(Reason.HANDSHAKE_TIMEOUT);
		Site.await(() -> listener.connections() == 0);
		TcpConnection next = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		assertThat(Site.exchange(next, "ping")).isEqualTo("ping");
		next.close();
	}

	@ParameterizedTest
	@EnumSource
	void peerThatDribblesIsResetWhenHandshakeTimesOut(TlsEngine engine) throws IOException {
		TcpListener listener = this.site.echo(engine, serverGate((settings) -> settings.withHandshakeTimeout(SHORT)));
		try (Socket dribbling = PlainClient.connect(listener.port())) {
			// The header of a record of 8 KiB that holds a ClientHello
			dribbling.getOutputStream().write(new byte[] { 22, 3, 1, 32, 0, 1, 0, 31, (byte) 252 });
			Site.await(() -> isBroken(dribbling));
		}
		assertThat(this.site.refusals()).containsExactly(Reason.HANDSHAKE_TIMEOUT);
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void connectToSilentServerFailsWhenHandshakeTimesOut(TlsEngine engine) {
		try (PlainServer server = PlainServer.start((socket) -> {
		})) {
			Gate gate = this.site.clientGate(this.site.authority().client("orders.example.com"),
					(settings) -> settings.withHandshakeTimeout(SHORT), (locations) -> {
					});
			MtlsTcpClient client = MtlsTcpClient.create(gate).engine(engine).host("localhost").port(server.port());
			assertThat(Site.failure(client.connect())).isInstanceOfSatisfying(MtlsException.class, (exception) -> {
				assertThat(exception.reason()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
				assertThat(exception.isRecoverable()).isTrue();
				assertThat(exception.place()).isEqualTo("localhost:" + server.port());
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectFailsWhenServerTakesNoConnections(TlsEngine engine) throws IOException {
		List<Socket> sockets = new ArrayList<>();
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			// Linux takes one more than it is told to, and drops what comes then
			for (int i = 0; i < 4; i++) {
				sockets.add(connecting(full));
			}
			MtlsTcpClient client = MtlsTcpClient.create(this.site.clientGate("orders.example.com"))
				.engine(engine)
				.host("127.0.0.1")
				.port(full.getLocalPort())
				.connectTimeout(SHORT);
			assertThat(Site.failure(client.connect())).isInstanceOfSatisfying(MtlsException.class, (exception) -> {
				assertThat(exception.reason()).isEqualTo(Reason.CONNECT_FAILED);
				assertThat(exception.isRecoverable()).isTrue();
				assertThat(exception.problem()).contains("in time");
			});
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void readTimeoutEndsConnectionOfPeerThatSendsNothing(TlsEngine engine) {
		TcpListener listener = listen(engine, new TcpTimeouts(SHORT, null, null),
				(connection) -> connection.receive().then());
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		assertTimedOut("sent nothing");
		Site.await(() -> listener.connections() == 0);
		client.close();
	}

	@ParameterizedTest
	@EnumSource
	void readTimeoutDoesNotRunWhileNothingIsAskedFor(TlsEngine engine) {
		Duration busy = SHORT.multipliedBy(4);
		TcpListener listener = listen(engine, new TcpTimeouts(SHORT, null, null),
				(connection) -> Mono.delay(busy).then(connection.send(connection.receive().retain())));
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		assertThat(Site.exchange(client, "ping")).isEqualTo("ping");
		Site.await(() -> listener.connections() == 0);
		client.close();
	}

	@ParameterizedTest
	@EnumSource
	void readTimeoutOfClientFailsItsInput(TlsEngine engine) {
		TcpListener listener = this.site.echo(engine);
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com")
			.engine(engine)
			.timeouts(new TcpTimeouts(SHORT, null, null))
			.connect());
		assertThat(new Received(client).end()).isInstanceOf(SocketTimeoutException.class)
			.hasMessage("The peer sent nothing for 300 ms");
		Site.end(client.onClose());
	}

	@ParameterizedTest
	@EnumSource
	void writeTimeoutEndsConnectionOfPeerThatReadsNothing(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, new TcpTimeouts(null, SHORT, null), (connection) -> Flux
			.merge(connection.send(Flux.generate((sink) -> sink.next(Unpooled.wrappedBuffer(new byte[65_536])))),
					connection.receive().then())
			.then());
		// One that nobody holds is closed when it is collected
		try (SSLSocket peer = PlainClient.tls(
				this.site.authority().client("orders.example.com").sslContext(this.site.authority()),
				PlainClient.connect(listener.port()))) {
			peer.startHandshake();
			assertTimedOut("took nothing");
			Site.await(() -> listener.connections() == 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void idleTimeoutEndsConnectionOverWhichNothingGoes(TlsEngine engine) {
		TcpListener listener = listen(engine, new TcpTimeouts(null, null, SHORT),
				(connection) -> connection.receive()
					.retain()
					.concatMap((bytes) -> connection.send(Mono.just(bytes)))
					.then());
		TcpConnection client = Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect());
		Received received = new Received(client);
		// Longer than the timeout in all
		Flux.interval(SHORT.dividedBy(3)).take(6).concatMap((i) -> Site.send(client, "x")).blockLast();
		received.await("xxxxxx");
		assertThat(received.isEnded()).isFalse();
		Site.await(() -> listener.connections() == 0);
		assertTimedOut("in either direction");
		client.close();
	}

	private void assertTimedOut(String message) {
		Site.await(() -> this.failure.get() != null);
		assertThat(this.failure.get()).isInstanceOf(SocketTimeoutException.class).hasMessageContaining(message);
	}

	private TcpListener listen(TlsEngine engine, TcpTimeouts timeouts, TcpConnectionHandler handler) {
		return this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(engine)
			.timeouts(timeouts)
			.handle((connection) -> Mono.fromDirect(handler.handle(connection)).doOnError(this::keep)));
	}

	// A send fails too when the connection is closed
	private void keep(@Nullable Throwable thrown) {
		if (thrown instanceof SocketTimeoutException) {
			this.failure.set(thrown);
		}
	}

	private Gate serverGate(UnaryOperator<GateSettings> settings) {
		return this.site.serverGate(settings, (locations) -> {
		});
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

	private static boolean isBroken(Socket socket) {
		try {
			socket.getOutputStream().write(0);
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

}
