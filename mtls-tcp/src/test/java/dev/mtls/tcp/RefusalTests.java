package dev.mtls.tcp;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.decision.Reason;
import dev.mtls.gate.ConnectionLimits;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.SnapshotLocationsBuilder;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for clients that a server refuses.
 */
class RefusalTests {

	private static final Map<Flaw, Reason> FLAWS = Map.of(Flaw.EXPIRED, Reason.CERTIFICATE_EXPIRED, Flaw.NOT_YET_VALID,
			Reason.CERTIFICATE_NOT_YET_VALID, Flaw.OTHER_AUTHORITY, Reason.ISSUER_UNKNOWN, Flaw.IMPOSTOR_AUTHORITY,
			Reason.ISSUER_UNKNOWN, Flaw.SELF_SIGNED, Reason.ISSUER_UNKNOWN, Flaw.WRONG_EXTENDED_KEY_USAGE,
			Reason.KEY_USAGE_WRONG, Flaw.CA_AS_LEAF, Reason.LEAF_IS_CA);

	private final Site site = new Site();

	private final AtomicInteger handled = new AtomicInteger();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@MethodSource
	void connectWhenCertificateHasFlawIsRefused(TlsEngine engine, String protocol, Flaw flaw, Reason reason)
			throws IOException {
		TcpListener listener = listen(engine, this.site.serverGate());
		assertRefused(listener, this.site.authority().client(flaw, "orders.example.com"), reason, protocol);
	}

	static Stream<Arguments> connectWhenCertificateHasFlawIsRefused() {
		return engines().flatMap((engine) -> Stream.of("TLSv1.3", "TLSv1.2")
			.flatMap((protocol) -> FLAWS.entrySet()
				.stream()
				.map((flaw) -> Arguments.of(engine, protocol, flaw.getKey(), flaw.getValue()))));
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenCertificateIsRevokedIsRefused(TlsEngine engine) throws IOException {
		TestCertificate revoked = this.site.authority().client("orders.example.com");
		byte[] crl = this.site.authority().crl(revoked.certificate());
		TcpListener listener = listen(engine, this.site.serverGate((settings) -> settings.withRevocation(Site.CRLS),
				(locations) -> locations.crls(List.of(Site.inline(crl)))));
		assertRefused(listener, revoked, Reason.CERTIFICATE_REVOKED);
		assertAdmitted(listener, "orders.example.com");
	}

	@ParameterizedTest
	@MethodSource
	void connectWhenNameIsNotListedIsRefused(TlsEngine engine, String name) throws IOException {
		TcpListener listener = listen(engine,
				(locations) -> locations.allowedPeers("allowed-clients", List.of("orders.example.com")));
		assertRefused(listener, this.site.authority().client(name), Reason.IDENTITY_NOT_ALLOWED);
	}

	static Stream<Arguments> connectWhenNameIsNotListedIsRefused() {
		return engines().flatMap((engine) -> Stream
			.of("billing.example.com", "orders.example.com.evil.example", "evil-orders.example.com",
					"a.orders.example.com", "orders.example.co", "0rders.example.com", "spiffe://orders.example.com/a")
			.map((name) -> Arguments.of(engine, name)));
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenNameIsListedIsAdmitted(TlsEngine engine) throws IOException {
		assertAdmitted(
				listen(engine, (locations) -> locations.allowedPeers("allowed-clients", List.of("orders.example.com"))),
				"orders.example.com");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenKeyIsNotPinnedIsRefused(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine,
				(locations) -> locations.pins(List.of("spki-sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
		assertRefused(listener, this.site.authority().client("orders.example.com"), Reason.PIN_MISMATCH);
	}

	@ParameterizedTest
	@EnumSource
	void connectWithoutCertificateIsRefusedWhereItIsRequired(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, this.site.serverGate());
		assertRefused(listener, this.site.authority().sslContext(), Reason.CERTIFICATE_MISSING);
	}

	@ParameterizedTest
	@EnumSource
	void connectWithoutCertificateIsAdmittedWhereItIsNotRequired(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, this.site.open(GateSettings.server(false, TlsProfile.defaults()),
				this.site.authority().server(), (locations) -> {
				}));
		try (SSLSocket client = PlainClient.tls(this.site.authority().sslContext(),
				PlainClient.connect(listener.port()))) {
			assertAnswers(client);
		}
		assertThat(this.site.admissions()).containsExactly("nobody");
	}

	@ParameterizedTest
	@EnumSource
	void connectFromAddressThatIsNotListedIsResetBeforeTls(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, (locations) -> locations.allowedNetworks(List.of("127.0.0.1")));
		assertReset(listener, "127.0.0.2", Reason.ADDRESS_NOT_ALLOWED);
		assertAdmitted(listener, "orders.example.com");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhileKillSwitchIsOnIsResetBeforeTls(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, this.site.serverGate());
		this.site.killSwitch().set(true);
		assertReset(listener, "127.0.0.1", Reason.KILL_SWITCH);
		this.site.killSwitch().set(false);
		assertAdmitted(listener, "orders.example.com");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenThereAreTooManyIsRefusedUntilOneEnds(TlsEngine engine) throws IOException {
		assertLimit(engine, new ConnectionLimits(2, ConnectionLimits.UNLIMITED, ConnectionLimits.UNLIMITED,
				ConnectionLimits.UNLIMITED), "127.0.0.2");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenThereAreTooManyFromAddressIsRefusedUntilOneEnds(TlsEngine engine) throws IOException {
		assertLimit(engine, new ConnectionLimits(ConnectionLimits.UNLIMITED, 2, ConnectionLimits.UNLIMITED,
				ConnectionLimits.UNLIMITED), "127.0.0.1");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenThereAreTooManyOfIdentityIsRefusedUntilOneEnds(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, limited(new ConnectionLimits(ConnectionLimits.UNLIMITED,
				ConnectionLimits.UNLIMITED, 1, ConnectionLimits.UNLIMITED)));
		SSLContext orders = context("orders.example.com");
		SSLSocket first = PlainClient.tls(orders, PlainClient.connect(listener.port()));
		assertAnswers(first);
		assertRefused(listener, orders, Reason.CONNECTION_LIMIT);
		assertAdmitted(listener, "billing.example.com");
		first.close();
		Site.await(() -> listener.connections() == 0);
		assertAdmitted(listener, "orders.example.com");
	}

	@ParameterizedTest
	@EnumSource
	void connectWhenThereWereTooManyHandshakesInSecondIsReset(TlsEngine engine) throws IOException {
		TcpListener listener = listen(engine, limited(new ConnectionLimits(ConnectionLimits.UNLIMITED,
				ConnectionLimits.UNLIMITED, ConnectionLimits.UNLIMITED, 1)));
		List<Socket> sockets = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			Socket socket = new Socket();
			connectQuietly(socket, listener);
			sockets.add(socket);
		}
		// They may come in two seconds
		Site.await(() -> this.site.refusals().size() + listener.connections() == sockets.size());
		assertThat(this.site.refusals()).isNotEmpty().containsOnly(Reason.HANDSHAKE_RATE);
		for (Socket socket : sockets) {
			socket.close();
		}
		this.site.pass(Duration.ofSeconds(5));
		assertAdmitted(listener, "orders.example.com");
	}

	@Test
	void refusalInReportOnlyModeIsToldAndNotActedUpon() throws IOException {
		TcpListener listener = listen(TlsEngine.preferred(),
				this.site.serverGate((settings) -> settings.withReportOnly(true),
						(locations) -> locations.allowedPeers("allowed-clients", List.of("billing.example.com"))));
		assertAdmitted(listener, "orders.example.com");
		assertThat(this.site.refusals()).isEmpty();
	}

	private void assertLimit(TlsEngine engine, ConnectionLimits limits, String from) throws IOException {
		TcpListener listener = listen(engine, limited(limits));
		SSLSocket first = PlainClient.tls(context("orders.example.com"), PlainClient.connect(listener.port()));
		assertAnswers(first);
		// One in the handshake counts too
		try (Socket second = PlainClient.connect(listener.port())) {
			beginHandshake(second);
			assertReset(listener, from, Reason.CONNECTION_LIMIT);
			assertThat(second.isClosed()).isFalse();
		}
		first.close();
		Site.await(() -> listener.connections() == 0);
		assertAdmitted(listener, "orders.example.com");
	}

	// What the server answers shows that its gate knows of the connection
	private void beginHandshake(Socket socket) throws IOException {
		SSLEngine engine = context("orders.example.com").createSSLEngine();
		engine.setUseClientMode(true);
		ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), hello);
		socket.getOutputStream().write(hello.array(), 0, hello.position());
		assertThat(socket.getInputStream().read()).isNotEqualTo(-1);
	}

	// The reset may come before connect returns
	private static void connectQuietly(Socket socket, TcpListener listener) {
		try {
			socket.connect(listener.address());
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	private void assertReset(TcpListener listener, String from, Reason reason) throws IOException {
		int before = this.site.refusals().size();
		// It may come before connect returns
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> {
			try (Socket socket = PlainClient.connect(listener.port(), from)) {
				socket.getInputStream().read();
			}
		}).withMessageContaining("reset");
		assertThat(this.site.refusals()).hasSize(before + 1).last().isEqualTo(reason);
	}

	private void assertRefused(TcpListener listener, TestCertificate client, Reason reason, String... protocols)
			throws IOException {
		assertRefused(listener, client.sslContext(this.site.authority()), reason, protocols);
	}

	private void assertRefused(TcpListener listener, SSLContext client, Reason reason, String... protocols)
			throws IOException {
		int before = this.handled.get();
		try (SSLSocket socket = PlainClient.tls(client, PlainClient.connect(listener.port()), protocols)) {
			assertThat(PlainClient.countUntilEnd(socket)).isZero();
		}
		Site.await(() -> !this.site.refusals().isEmpty());
		assertThat(this.site.refusals()).containsExactly(reason);
		assertThat(this.handled).hasValue(before);
	}

	private void assertAdmitted(TcpListener listener, String name) throws IOException {
		try (SSLSocket client = PlainClient.tls(context(name), PlainClient.connect(listener.port()))) {
			assertAnswers(client);
		}
	}

	private static void assertAnswers(SSLSocket client) throws IOException {
		client.getOutputStream().write(42);
		assertThat(client.getInputStream().read()).isEqualTo(42);
	}

	private SSLContext context(String name) {
		return this.site.authority().client(name).sslContext(this.site.authority());
	}

	private TcpListener listen(TlsEngine engine, Consumer<SnapshotLocationsBuilder> locations) {
		return listen(engine, this.site.serverGate(UnaryOperator.identity(), locations));
	}

	private TcpListener listen(TlsEngine engine, Gate gate) {
		return this.site.listen(MtlsTcpServer.create(gate).engine(engine).handle((connection) -> {
			this.handled.incrementAndGet();
			return Site.echo(connection);
		}));
	}

	private Gate limited(ConnectionLimits limits) {
		return this.site.serverGate((settings) -> settings.withLimits(limits), (locations) -> {
		});
	}

	private static Stream<TlsEngine> engines() {
		return Stream.of(TlsEngine.values());
	}

}
