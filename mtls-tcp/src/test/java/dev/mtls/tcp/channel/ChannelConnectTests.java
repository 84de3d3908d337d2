package dev.mtls.tcp.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.PlainClient;
import dev.mtls.tcp.PlainServer;
import dev.mtls.tcp.Site;
import dev.mtls.tcp.client.Backoff;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for how channels are opened, with peers that do not speak their protocol too, and
 * opened again.
 */
@Timeout(60)
class ChannelConnectTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final Backoff QUICK = new Backoff(Duration.ofMillis(20), Duration.ofMillis(200), 0.5, 100);

	private final Channels channels = new Channels();

	@AfterEach
	void close() {
		this.channels.close();
	}

	@Test
	void connectWhenServerIsSilentTimesOut() {
		try (PlainServer silent = PlainServer.start((socket) -> {
		})) {
			MtlsException exception = failure(UnauthenticatedChannel.create()
				.keyExchangeTimeout(SHORT)
				.client(Channels.tcpClient(silent.port())));
			assertThat(exception.reason()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
			assertThat(exception.place()).startsWith("UnauthenticatedChannel to ");
			assertThat(exception.isRecoverable()).isTrue();
			Site.await(() -> isEnded(silent.accepted().get(0)));
		}
	}

	@Test
	void connectInTlsWhenServerIsSilentTimesOut() {
		TcpListener silent = this.channels.site()
			.listen(MtlsTcpServer.create(this.channels.site().serverGate())
				.handle((connection) -> connection.receive().then()));
		GateSettings settings = GateSettings.client("client", true, TlsProfile.defaults())
			.withHandshakeTimeout(Duration.ofSeconds(2));
		MtlsTcpClient tcp = MtlsTcpClient.create(this.channels.site()
			.open(settings, this.channels.site().authority().client(Channels.CLIENT), (locations) -> {
			}));
		MessageClient client = SecureChannel.client(tcp.host("localhost").port(silent.port())).withKeyExchange();
		assertThat(failure(client).reason()).isEqualTo(Reason.HANDSHAKE_TIMEOUT);
		Site.await(() -> silent.connections() == 0);
	}

	@Test
	void clientThatIsSilentIsReset() throws IOException {
		TcpListener listener = this.channels.listen(UnauthenticatedChannel.create()
			.keyExchangeTimeout(SHORT)
			.server(Channels.tcpServer())
			.handle(this.channels::keep));
		try (Socket silent = PlainClient.connect(listener.port());
				Socket halfway = PlainClient.connect(listener.port())) {
			halfway.getOutputStream().write(new byte[] { 1, 2, 3 });
			assertThat(PlainClient.countUntilEnd(silent)).isZero();
			assertThat(PlainClient.countUntilEnd(halfway)).isZero();
		}
		Site.await(() -> listener.connections() == 0);
	}

	@Test
	void clientThatIsSilentInTlsIsReset() throws IOException {
		GateSettings settings = GateSettings.server(true, TlsProfile.defaults())
			.withHandshakeTimeout(Duration.ofSeconds(2));
		TcpListener listener = this.channels.listen(SecureChannel.server(MtlsTcpServer
			.create(this.channels.site().open(settings, this.channels.site().authority().server(), (locations) -> {
			}))
			.host("127.0.0.1")).withKeyExchange());
		try (SSLSocket silent = PlainClient.tls(
				this.channels.site().authority().client(Channels.CLIENT).sslContext(this.channels.site().authority()),
				PlainClient.connect(listener.port()))) {
			silent.startHandshake();
			assertThat(PlainClient.countUntilEnd(silent)).isZero();
		}
		Site.await(() -> listener.connections() == 0);
	}

	@Test
	void connectWhenServerSpeaksHttpSaysWhatToCheck() {
		try (PlainServer http = PlainServer.start((socket) -> {
			socket.getInputStream().readNBytes(ForeignPeer.REQUEST);
			socket.getOutputStream()
				.write("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nBad Request"
					.getBytes(StandardCharsets.US_ASCII));
		})) {
			assertSaysWhatToCheck(http.port(), "does not speak the protocol");
		}
	}

	@Test
	void connectWhenServerSpeaksTlsSaysWhatToCheck() {
		// An alert, and the end: shorter than a response
		try (PlainServer tls = PlainServer.start((socket) -> {
			socket.getInputStream().readNBytes(ForeignPeer.REQUEST);
			socket.getOutputStream().write(new byte[] { 21, 3, 3, 0, 2, 2, 10 });
			socket.shutdownOutput();
		})) {
			assertSaysWhatToCheck(tls.port(), "ended");
		}
	}

	@Test
	void connectWhenServerHasNotTheSameKeySaysWhatToCheck() {
		try (PlainServer server = PlainServer
			.start((socket) -> ForeignPeer.server(socket.getInputStream(), socket.getOutputStream(), (token) -> {
				token[0]++;
				return token;
			}))) {
			assertSaysWhatToCheck(server.port(), "another token");
		}
	}

	@Test
	void connectWhenServerResetsFailsRecoverably() {
		try (PlainServer server = PlainServer.start((socket) -> {
			socket.getInputStream().read();
			socket.setSoLinger(true, 0);
			socket.close();
		})) {
			MtlsException exception = failure(this.channels.client(Way.UNAUTHENTICATED, server.port()));
			assertThat(exception.reason()).isEqualTo(Reason.CONNECT_FAILED);
			assertThat(exception.isRecoverable()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource
	void clientThatSpeaksAnotherProtocolIsReset(String name, byte[] bytes) throws IOException {
		TcpListener listener = this.channels.echo(Way.UNAUTHENTICATED);
		try (Socket client = PlainClient.connect(listener.port())) {
			client.getOutputStream().write(bytes);
			assertThat(PlainClient.countUntilEnd(client)).as(name).isZero();
		}
		Site.await(() -> listener.connections() == 0);
		assertThat(Channels.exchange(this.channels.connect(Way.UNAUTHENTICATED, listener), "ping")).isEqualTo("ping");
	}

	static Stream<Arguments> clientThatSpeaksAnotherProtocolIsReset() {
		byte[] hello = new byte[200];
		System.arraycopy(new byte[] { 22, 3, 1, 0, (byte) 195, 1, 0, 0, (byte) 191, 3, 3 }, 0, hello, 0, 11);
		byte[] zeroKey = new byte[ForeignPeer.REQUEST];
		zeroKey[0] = 1;
		return Stream.of(
				Arguments.of("HTTP",
						"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
				Arguments.of("TLS", hello), Arguments.of("public key of zero", zeroKey));
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenNothingListensFailsRecoverably(Way way) throws IOException {
		MtlsException exception = failure(this.channels.client(way, freePort()));
		assertThat(exception.reason()).isEqualTo(Reason.CONNECT_FAILED);
		assertThat(exception.isRecoverable()).isTrue();
	}

	@Test
	void connectWhenHostHasNoAddressFailsRecoverably() {
		MtlsException exception = failure(
				UnauthenticatedChannel.create().client(Channels.tcpClient(1).host("nobody.invalid")));
		assertThat(exception.reason()).isEqualTo(Reason.HOST_UNRESOLVED);
		assertThat(exception.isRecoverable()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void bindWhenPortIsTakenFails(Way way) {
		TcpListener listener = this.channels.echo(way);
		assertReason(this.channels.server(way, listener.port()).bind(), Reason.BIND_FAILED);
	}

	@Test
	void bindWhenServerSpeaksTlsFails() throws SSLException {
		TestCertificate certificate = this.channels.site().authority().server();
		SslContext tls = SslContextBuilder.forServer(certificate.privateKey(), certificate.certificate())
			.sslProvider(SslProvider.JDK)
			.build();
		assertReason(UnauthenticatedChannel.create()
			.server(Channels.tcpServer().secure((spec) -> spec.sslContext(tls)))
			.bind(), Reason.CONFIGURATION_CONFLICT);
	}

	@Test
	void clientThatSpeaksTlsIsRefused() {
		assertReason(Mono.fromSupplier(() -> UnauthenticatedChannel.create().client(Channels.tcpClient(1).secure())),
				Reason.CONFIGURATION_CONFLICT);
	}

	@Test
	void clientOfAddressThatIsNotAllowedIsResetBeforeAnythingIsRead() throws IOException {
		TcpListener listener = this.channels.listen(UnauthenticatedChannel.create()
			.allowedNetworks("127.0.0.1", "192.0.2.0/24")
			.keyExchangeTimeout(Duration.ofMinutes(1))
			.server(Channels.tcpServer())
			.handle((channel) -> channel.send(channel.receive())));
		for (int i = 0; i < 5; i++) {
			assertThat(isReset(listener.port(), "127.0.0.2")).isTrue();
		}
		MtlsException exception = failure(UnauthenticatedChannel.create()
			.client(Channels.tcpClient(listener.port()).bindAddress(() -> new InetSocketAddress("127.0.0.2", 0))));
		assertThat(exception.reason()).isIn(Reason.CONNECT_FAILED, Reason.HANDSHAKE_FAILED);
		assertThat(Channels.exchange(this.channels.connect(Way.UNAUTHENTICATED, listener), "ping")).isEqualTo("ping");
	}

	@Test
	void serverOfAddressThatIsNotAllowedIsNotConnectedTo() throws IOException {
		try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
			listening.setSoTimeout(200);
			for (String host : List.of("127.0.0.1", "localhost")) {
				MtlsException exception = failure(UnauthenticatedChannel.create()
					.allowedNetworks("192.0.2.0/24", "2001:db8::/32")
					.client(Channels.tcpClient(listening.getLocalPort()).host(host)));
				assertThat(exception.reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
				assertThat(exception.problem()).contains("127.0.0.1");
			}
			assertThat(isConnectedTo(listening)).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource
	void retryConnectsWhenServerComesUpLater(Way way) throws IOException {
		int port = freePort();
		MessageClient client = this.channels.client(way, port).retry(QUICK);
		Mono<MessageChannel> connecting = client.connect().cache();
		connecting.subscribe();
		assertThat(failure(this.channels.client(way, port)).reason()).isEqualTo(Reason.CONNECT_FAILED);
		this.channels.listen(this.channels.server(way, port).handle((channel) -> channel.send(channel.receive())));
		MessageChannel channel = Site.get(connecting);
		assertThat(Channels.exchange(channel, "ping")).isEqualTo("ping");
		channel.close();
	}

	@ParameterizedTest
	@EnumSource
	void retryFailsWithLastFailureWhenAttemptsAreUsedUp(Way way) throws IOException {
		assertThat(failure(this.channels.client(way, freePort()).retry(QUICK.withAttempts(2))).reason())
			.isEqualTo(Reason.CONNECT_FAILED);
	}

	@Test
	void retryDoesNotTryAgainWhatSpeaksAnotherProtocol() {
		AtomicInteger connections = new AtomicInteger();
		try (PlainServer server = PlainServer.start((socket) -> {
			connections.incrementAndGet();
			socket.getOutputStream().write(new byte[100]);
		})) {
			assertThat(failure(this.channels.client(Way.UNAUTHENTICATED, server.port()).retry(QUICK)).reason())
				.isEqualTo(Reason.HANDSHAKE_FAILED);
			assertThat(connections).hasValue(1);
		}
	}

	@ParameterizedTest
	@MethodSource
	void stayConnectedConnectsAgainAfterDeathOfServer(Way way, Backoff waits) {
		TcpListener first = this.channels.echo(way);
		int port = first.port();
		List<MessageChannel> connected = new CopyOnWriteArrayList<>();
		Disposable staying = this.channels.client(way, port).retry(waits).stayConnected((channel) -> {
			connected.add(channel);
			return channel.send(Channels.bytes("here")).then(this.channels.keep(channel));
		}).subscribe();
		assertThat(this.channels.received()).isEqualTo("here");
		for (int i = 1; i <= 2; i++) {
			Site.end(first.close(Duration.ZERO));
			assertThat(this.channels.received()).contains("Exception");
			first = this.channels
				.listen(this.channels.server(way, port).handle((channel) -> channel.send(channel.receive())));
			assertThat(this.channels.received()).isEqualTo("here");
			assertThat(connected).hasSize(i + 1);
			assertThat(connected.get(i - 1).isOpen()).isFalse();
		}
		staying.dispose();
		TcpListener last = first;
		Site.await(() -> last.connections() == 0);
	}

	static Stream<Arguments> stayConnectedConnectsAgainAfterDeathOfServer() {
		return Stream.of(Way.values())
			.flatMap((way) -> Stream.of(Backoff.fixed(Duration.ofMillis(100)), QUICK)
				.map((waits) -> Arguments.of(way, waits)));
	}

	@Test
	void stayConnectedWaitsFiveSecondsUnlessToldOtherwise() {
		assertThat(MessageClient.WAITS).isEqualTo(Backoff.fixed(Duration.ofSeconds(5)));
	}

	private void assertSaysWhatToCheck(int port, String problem) {
		MtlsException exception = failure(this.channels.client(Way.UNAUTHENTICATED, port));
		assertThat(exception.reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
		assertThat(exception.problem()).contains(problem);
		assertThat(exception.fix()).isEqualTo("check that the server speaks the protocol of this client");
		assertThat(exception.isRecoverable()).isFalse();
	}

	private static void assertReason(Mono<?> mono, Reason reason) {
		assertThat(Site.failure(mono)).isInstanceOfSatisfying(MtlsException.class,
				(exception) -> assertThat(exception.reason()).isEqualTo(reason));
	}

	private static MtlsException failure(MessageClient client) {
		Throwable failure = Site.failure(client.connect());
		assertThat(failure).isInstanceOf(MtlsException.class);
		return (MtlsException) failure;
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

	private static boolean isReset(int port, String from) throws IOException {
		try (Socket socket = PlainClient.connect(port, from)) {
			return socket.getInputStream().read() == 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (SocketException ex) {
			// Within the connect perhaps
			return true;
		}
	}

	private static boolean isEnded(Socket socket) {
		try {
			PlainClient.countUntilEnd(socket);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
