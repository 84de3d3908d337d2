package dev.mtls.tcp;

import java.io.IOException;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for servers and clients that negotiate less than their gate allows.
 */
class NegotiationTests {

	private static final TlsProfile NARROW = new TlsProfile(List.of("TLSv1.3"), List.of("TLS_AES_256_GCM_SHA384"),
			List.of());

	private static final TlsProfile TLS_13 = new TlsProfile(List.of("TLSv1.3"), List.of(), List.of());

	private final Site site = new Site();

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256" })
	void serverWhenProfileIsNarrowerRefusesPeerThatPlainServerTakes(String protocol, String suite) throws IOException {
		Gate gate = this.site.serverGate();
		TcpListener plain = this.site.echo(TlsEngine.JDK, gate);
		TcpListener narrow = this.site
			.listen(MtlsTcpServer.create(gate).tls(NARROW).engine(TlsEngine.JDK).name("narrow").handle(Site::echo));
		try (SSLSocket refused = peer(narrow, protocol, suite); SSLSocket taken = peer(plain, protocol, suite)) {
			assertThatExceptionOfType(SSLException.class).isThrownBy(refused::startHandshake);
			Site.await(() -> this.site.refusals().equals(List.of(Reason.HANDSHAKE_FAILED)));
			taken.startHandshake();
			assertThat(taken.getSession().getCipherSuite()).isEqualTo(suite);
		}
	}

	@Test
	void serverWhenProfileIsNarrowerNegotiatesThat() {
		TcpListener listener = this.site
			.listen(MtlsTcpServer.create(this.site.serverGate()).engine(TlsEngine.JDK).tls(NARROW).handle(Site::echo));
		assertNegotiates(this.site.client(listener, "orders.example.com"), "TLS_AES_256_GCM_SHA384");
	}

	@Test
	void clientWhenProfileIsNarrowerNegotiatesThat() {
		TcpListener listener = this.site.echo(TlsEngine.JDK);
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(TlsEngine.JDK);
		assertNegotiates(client, "TLS_AES_128_GCM_SHA256");
		assertNegotiates(client.tls(NARROW), "TLS_AES_256_GCM_SHA384");
		assertNegotiates(client.tls(NARROW).name("narrow").engine(TlsEngine.JDK), "TLS_AES_256_GCM_SHA384");
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLSv1.3, TLS_AES_128_GCM_SHA256" })
	void clientWhenProfileIsNarrowerRefusesServerThatPlainClientTakes(String protocol, String suite) {
		TcpListener listener = this.site.listen(MtlsTcpServer.create(this.site.serverGate())
			.engine(TlsEngine.JDK)
			.tls(new TlsProfile(List.of(protocol), List.of(suite), List.of()))
			.handle(Site::echo));
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(TlsEngine.JDK);
		assertThat(Site.reason(client.tls(NARROW))).isEqualTo(Reason.HANDSHAKE_FAILED);
		assertNegotiates(client, suite);
	}

	@ParameterizedTest
	@EnumSource
	void bindWhenProfileAllowsMoreThanGateFails(TlsEngine engine) {
		Gate gate = this.site.open(GateSettings.server(true, TLS_13), this.site.authority().server(), (locations) -> {
		});
		MtlsTcpServer server = MtlsTcpServer.create(gate).host("127.0.0.1").engine(engine).tls(TlsProfile.defaults());
		assertRefused(server::bindNow, Reason.CONFIGURATION_CONFLICT, "protocols");
	}

	@ParameterizedTest
	@EnumSource
	void clientWhenProfileAllowsMoreThanGateIsRefused(TlsEngine engine) {
		Gate gate = this.site.open(GateSettings.client("client", true, TLS_13),
				this.site.authority().client("orders.example.com"), (locations) -> {
				});
		MtlsTcpClient client = MtlsTcpClient.create(gate).engine(engine);
		assertRefused(() -> client.tls(TlsProfile.defaults()), Reason.CONFIGURATION_CONFLICT, "protocols");
	}

	@Test
	void bindWhenNativeEngineCannotRestrictCipherSuitesFails() {
		MtlsTcpServer server = MtlsTcpServer.create(this.site.serverGate())
			.name("mtls.tcp.servers.echo")
			.host("127.0.0.1")
			.engine(TlsEngine.NATIVE)
			.tls(NARROW);
		assertRefused(server::bindNow, Reason.ENGINE_UNSUPPORTED, "mtls.tcp.servers.echo.ciphers");
	}

	@Test
	void connectWhenNativeEngineCannotRestrictCipherSuitesFails() {
		TcpListener listener = this.site.echo(TlsEngine.JDK);
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(TlsEngine.NATIVE).tls(NARROW);
		assertThat(Site.reason(client)).isEqualTo(Reason.ENGINE_UNSUPPORTED);
		assertThat(Site.failure(client.stayConnected(TcpConnection::onClose))).isInstanceOfSatisfying(
				MtlsException.class,
				(exception) -> assertThat(exception.reason()).isEqualTo(Reason.ENGINE_UNSUPPORTED));
	}

	@Test
	void nativeEngineRestrictsProtocols() {
		TcpListener listener = this.site.listen(
				MtlsTcpServer.create(this.site.serverGate()).engine(TlsEngine.NATIVE).tls(TLS_13).handle(Site::echo));
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(TlsEngine.NATIVE);
		assertThat(Site.reason(client.tls(new TlsProfile(List.of("TLSv1.2"), List.of(), List.of()))))
			.isEqualTo(Reason.HANDSHAKE_FAILED);
		TcpConnection connection = Site.get(client.tls(TLS_13).connect());
		assertThat(connection.tlsSession()).isNotNull()
			.satisfies((session) -> assertThat(session.protocol()).isEqualTo("TLSv1.3"));
		connection.close();
	}

	private SSLSocket peer(TcpListener listener, String protocol, String suite) throws IOException {
		SSLSocket socket = PlainClient.tls(
				this.site.authority().client("orders.example.com").sslContext(this.site.authority()),
				PlainClient.connect(listener.port()), protocol);
		socket.setEnabledCipherSuites(new String[] { suite });
		return socket;
	}

	private static void assertNegotiates(MtlsTcpClient client, String suite) {
		TcpConnection connection = Site.get(client.connect());
		assertThat(Site.exchange(connection, "ping")).isEqualTo("ping");
		assertThat(connection.tlsSession()).isNotNull()
			.satisfies((session) -> assertThat(session.cipherSuite()).isEqualTo(suite));
		connection.close();
	}

	private static void assertRefused(ThrowingCallable call, Reason reason, String place) {
		assertThatExceptionOfType(MtlsException.class).isThrownBy(call).satisfies((exception) -> {
			assertThat(exception.reason()).isEqualTo(reason);
			assertThat(exception.place()).isEqualTo(place);
		});
	}

}
