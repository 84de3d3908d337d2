package dev.mtls.tcp.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Received;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.TcpConnection;
import dev.mtls.tcp.TlsEngine;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MtlsTcpClient}: servers that it refuses or does not reach, and what it
 * tries again.
 */
class MtlsTcpClientTests {

	private static final Map<Flaw, Reason> FLAWS = Map.of(Flaw.EXPIRED, Reason.CERTIFICATE_EXPIRED, Flaw.NOT_YET_VALID,
			Reason.CERTIFICATE_NOT_YET_VALID, Flaw.OTHER_AUTHORITY, Reason.ISSUER_UNKNOWN, Flaw.SELF_SIGNED,
			Reason.ISSUER_UNKNOWN, Flaw.WRONG_NAME, Reason.HOST_NAME_MISMATCH, Flaw.WRONG_EXTENDED_KEY_USAGE,
			Reason.KEY_USAGE_WRONG);

	private static final Backoff QUICK = new Backoff(Duration.ofMillis(20), Duration.ofMillis(200), 0.5, 100);

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@MethodSource
	void connectWhenCertificateOfServerHasFlawFails(TlsEngine engine, Flaw flaw, Reason reason) {
		TestCertificate server = this.site.authority().server(flaw);
		try (PlainServer listening = PlainServer.start(server.sslContext(this.site.authority()), (socket) -> {
		})) {
			MtlsTcpClient client = client(engine, listening.port());
			assertThat(Site.failure(client.connect())).isInstanceOfSatisfying(MtlsException.class, (exception) -> {
				assertThat(exception.reason()).isEqualTo(reason);
				assertThat(exception.place()).startsWith("localhost");
				assertThat(exception.isRecoverable()).isFalse();
			});
			assertThat(this.site.refusals()).containsExactly(reason);
		}
	}

	static Stream<Arguments> connectWhenCertificateOfServerHasFlawFails() {
		return Stream.of(TlsEngine.values())
			.flatMap((engine) -> FLAWS.entrySet()
				.stream()
				.map((flaw) -> Arguments.of(engine, flaw.getKey(), flaw.getValue())));
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenServerIsNotListedFails(TlsEngine engine) {
		TcpListener listener = this.site.echo(engine);
		Gate gate = this.site.clientGate(this.site.authority().client("orders.example.com"), (settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-servers", List.of("other.example.com")));
		assertThat(Site.reason(client(gate, engine, listener.port()))).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		Site.await(() -> listener.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenAddressIsNotListedFailsBeforeItConnects(TlsEngine engine) throws IOException {
		try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			listening.setSoTimeout(200);
			Gate gate = this.site.clientGate(this.site.authority().client("orders.example.com"), (settings) -> settings,
					(locations) -> locations.allowedNetworks(List.of("192.0.2.0/24")));
			MtlsTcpClient client = client(gate, engine, listening.getLocalPort()).host("127.0.0.1");
			assertThat(Site.reason(client)).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
			assertThat(isConnectedTo(listening)).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenNothingListensFailsRecoverably(TlsEngine engine) throws IOException {
		assertThat(Site.failure(client(engine, freePort()).connect())).isInstanceOfSatisfying(MtlsException.class,
				(exception) -> {
					assertThat(exception.reason()).isEqualTo(Reason.CONNECT_FAILED);
					assertThat(exception.isRecoverable()).isTrue();
				});
	}

	@Test
	void connectWhenHostHasNoAddressFailsRecoverably() {
		MtlsTcpClient client = client(TlsEngine.preferred(), 1).host("nobody.invalid");
		assertThat(Site.failure(client.connect())).isInstanceOfSatisfying(MtlsException.class, (exception) -> {
			assertThat(exception.reason()).isEqualTo(Reason.HOST_UNRESOLVED);
			assertThat(exception.place()).isEqualTo("nobody.invalid:1");
			assertThat(exception.isRecoverable()).isTrue();
		});
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenServerSpeaksNoTlsFails(TlsEngine engine) {
		try (PlainServer server = PlainServer.start((socket) -> socket.getOutputStream()
			.write("220 mail.example.com ESMTP\r\n".getBytes(StandardCharsets.US_ASCII)))) {
			assertThat(Site.reason(client(engine, server.port()))).isEqualTo(Reason.HANDSHAKE_FAILED);
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenServerClosesAtOnceFails(TlsEngine engine) {
		try (PlainServer server = PlainServer.start((socket) -> socket.close())) {
			assertThat(Site.failure(client(engine, server.port()).connect())).isInstanceOfSatisfying(
					MtlsException.class,
					(exception) -> assertThat(exception.reason()).isIn(Reason.HANDSHAKE_FAILED, Reason.CONNECT_FAILED));
		}
	}

	@Test
	void retryConnectsWhenServerComesUpLater() throws IOException {
		int port = freePort();
		AtomicInteger attempts = new AtomicInteger();
		Mono<TcpConnection> connecting = client(TlsEngine.preferred(), port)
			.customize((tcp) -> tcp.doOnConnect((config) -> attempts.incrementAndGet()))
			.retry(QUICK)
			.connect()
			.cache();
		connecting.subscribe();
		Site.await(() -> attempts.get() >= 3);
		this.site.listen(MtlsTcpServer.create(this.site.serverGate()).port(port).handle(Site::echo));
		TcpConnection connection = Site.get(connecting);
		assertThat(Site.exchange(connection, "ping")).isEqualTo("ping");
		connection.close();
	}

	@Test
	void retryFailsWithLastFailureWhenAttemptsAreUsedUp() throws IOException {
		AtomicInteger attempts = new AtomicInteger();
		MtlsTcpClient client = client(TlsEngine.preferred(), freePort())
			.customize((tcp) -> tcp.doOnConnect((config) -> attempts.incrementAndGet()))
			.retry(QUICK.withAttempts(2));
		assertThat(Site.reason(client)).isEqualTo(Reason.CONNECT_FAILED);
		assertThat(attempts).hasValue(3);
	}

	@Test
	void retryDoesNotTryAgainWhatWasRefused() {
		TestCertificate server = this.site.authority().server(Flaw.EXPIRED);
		try (PlainServer listening = PlainServer.start(server.sslContext(this.site.authority()), (socket) -> {
		})) {
			assertThat(Site.reason(client(TlsEngine.preferred(), listening.port()).retry(QUICK)))
				.isEqualTo(Reason.CERTIFICATE_EXPIRED);
			assertThat(listening.accepted()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void stayConnectedConnectsAgainWhenServerRestarts(TlsEngine engine) {
		TcpListener first = this.site.echo(engine);
		int port = first.port();
		List<TcpConnection> connections = new CopyOnWriteArrayList<>();
		Disposable staying = client(engine, port).retry(QUICK).stayConnected((connection) -> {
			connections.add(connection);
			return connection.receive().then();
		}).subscribe();
		Site.await(() -> connections.size() == 1);
		Site.end(first.close(Duration.ZERO));
		TcpListener second = this.site
			.listen(MtlsTcpServer.create(this.site.serverGate()).engine(engine).port(port).handle(Site::echo));
		Site.await(() -> connections.size() == 2);
		assertThat(connections.get(0).isOpen()).isFalse();
		Site.await(() -> second.connections() == 1);
		staying.dispose();
		Site.end(connections.get(1).onClose());
		Site.await(() -> second.connections() == 0);
	}

	@Test
	void stayConnectedConnectsAgainWhenHandlerNeverEnds() {
		TcpListener first = this.site.echo(TlsEngine.preferred());
		int port = first.port();
		AtomicInteger connected = new AtomicInteger();
		Disposable staying = client(TlsEngine.preferred(), port).retry(QUICK).stayConnected((connection) -> {
			connected.incrementAndGet();
			return Mono.never();
		}).subscribe();
		Site.await(() -> connected.get() == 1);
		Site.end(first.close(Duration.ZERO));
		this.site.listen(MtlsTcpServer.create(this.site.serverGate()).port(port).handle(Site::echo));
		Site.await(() -> connected.get() == 2);
		staying.dispose();
	}

	@Test
	void stayConnectedBeginsItsAttemptsAnewAfterEachConnection() {
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.handle((connection) -> connection.send(connection.receive().retain().take(1))));
		AtomicInteger connected = new AtomicInteger();
		Disposable staying = client(TlsEngine.preferred(), listener.port()).retry(QUICK.withAttempts(1))
			.stayConnected((connection) -> {
				connected.incrementAndGet();
				return Site.send(connection, "x").thenMany(connection.receive()).then();
			})
			.subscribe();
		Site.await(() -> connected.get() >= 4);
		assertThat(staying.isDisposed()).isFalse();
		staying.dispose();
	}

	@Test
	void stayConnectedDoesNotBeginAnewAfterServerRefusedIt() {
		Gate gate = this.site.serverGate((settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-clients", List.of("dns:other.example.com")));
		TcpListener listener = this.site.listen(MtlsTcpServer.create(gate));
		AtomicInteger connected = new AtomicInteger();
		Mono<Void> staying = client(TlsEngine.preferred(), listener.port()).retry(QUICK.withAttempts(2))
			.stayConnected((connection) -> {
				connected.incrementAndGet();
				return connection.receive().then();
			});
		assertThat(Site.failure(staying)).isNotNull();
		assertThat(connected).hasValueLessThanOrEqualTo(3);
		assertThat(this.site.refusals()).hasSize(3).containsOnly(Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void stayConnectedFailsWithLastFailureWhenAttemptsAreUsedUp() throws IOException {
		Mono<Void> staying = client(TlsEngine.preferred(), freePort()).retry(QUICK.withAttempts(2))
			.stayConnected((connection) -> Mono.never());
		assertThat(Site.failure(staying)).isInstanceOfSatisfying(MtlsException.class,
				(exception) -> assertThat(exception.reason()).isEqualTo(Reason.CONNECT_FAILED));
	}

	@Test
	void connectionIsClosedWhenConnectIsCancelled() {
		try (PlainServer silent = PlainServer.start((socket) -> {
		})) {
			Disposable connecting = client(TlsEngine.preferred(), silent.port()).connect().subscribe();
			Site.await(() -> silent.accepted().size() == 1);
			connecting.dispose();
			Site.await(() -> isEnded(silent));
		}
	}

	@Test
	void sameClientConnectsAnyNumberOfTimes() {
		TcpListener listener = this.site.echo(TlsEngine.preferred());
		MtlsTcpClient client = client(TlsEngine.preferred(), listener.port());
		List<TcpConnection> connections = Stream.generate(() -> Site.get(client.connect())).limit(3).toList();
		for (TcpConnection connection : connections) {
			Received received = new Received(connection);
			Site.end(Site.send(connection, "ping"));
			received.await("ping");
		}
		connections.forEach(TcpConnection::close);
	}

	private MtlsTcpClient client(TlsEngine engine, int port) {
		return client(this.site.clientGate("orders.example.com"), engine, port);
	}

	private static MtlsTcpClient client(Gate gate, TlsEngine engine, int port) {
		return MtlsTcpClient.create(gate).engine(engine).host("localhost").port(port);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static boolean isConnectedTo(ServerSocket listening) {
		try {
			listening.accept().close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isEnded(PlainServer server) {
		try {
			// First what the client sent of its handshake
			server.accepted().get(0).getInputStream().transferTo(OutputStream.nullOutputStream());
			return true;
		}
		catch (IOException ex) {
			return true;
		}
	}

}
