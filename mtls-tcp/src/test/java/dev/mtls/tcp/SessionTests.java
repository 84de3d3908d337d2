package dev.mtls.tcp;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.TlsSession;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for who the two sides of a connection are, and for sessions that are resumed.
 */
class SessionTests {

	private final Site site = new Site();

	private final BlockingQueue<TcpConnection> accepted = new LinkedBlockingQueue<>();

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,NATIVE,TLSv1.3", "JDK,JDK,TLSv1.3", "NATIVE,JDK,TLSv1.3", "JDK,NATIVE,TLSv1.3",
			"NATIVE,NATIVE,TLSv1.2", "JDK,JDK,TLSv1.2", "NATIVE,JDK,TLSv1.2", "JDK,NATIVE,TLSv1.2" })
	void connectTellsBothSidesOfEachOther(TlsEngine serverEngine, TlsEngine clientEngine, String version)
			throws InterruptedException {
		TlsProfile tls = new TlsProfile(List.of(version), List.of(), List.of());
		TcpListener listener = listen(serverEngine,
				this.site.open(GateSettings.server(true, tls), this.site.authority().server(), (locations) -> locations
					.authorities(List.of("orders.example.com=read,write", "other.example.com=delete"))));
		Gate gate = this.site.clientGate("orders.example.com");
		TcpConnection client = Site
			.get(MtlsTcpClient.create(gate).engine(clientEngine).host("localhost").port(listener.port()).connect());
		TcpConnection server = accepted();
		assertThat(Site.peer(client)).isEqualTo("localhost");
		assertThat(Site.peer(server)).isEqualTo("orders.example.com");
		assertThat(server.authorities()).containsExactlyInAnyOrder("read", "write");
		assertThat(client.authorities()).isEmpty();
		assertThat(List.of(session(client), session(server))).allSatisfy((session) -> {
			assertThat(session.protocol()).isEqualTo(version);
			assertThat(session.cipherSuite()).startsWith("TLS_");
			assertThat(session.resumed()).isFalse();
			assertThat(session.handshakeTime()).isPositive();
		});
		assertThat(session(client).cipherSuite()).isEqualTo(session(server).cipherSuite());
		assertThat(client.remoteAddress()).isEqualTo(server.localAddress()).isEqualTo(listener.address());
		assertThat(client.localAddress()).isEqualTo(server.remoteAddress());
		assertThat(server)
			.hasToString("TcpConnection[orders.example.com, /127.0.0.1:%d]".formatted(client.localAddress().getPort()));
		assertThat(Site.exchange(client, "ping")).isEqualTo("ping");
		client.close();
	}

	@ParameterizedTest
	@CsvSource({ "NATIVE,NATIVE", "JDK,JDK", "NATIVE,JDK", "JDK,NATIVE" })
	void secondConnectionResumesSessionAndIsAdmittedAgain(TlsEngine serverEngine, TlsEngine clientEngine)
			throws InterruptedException {
		TcpListener listener = listen(serverEngine, this.site.serverGate());
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(clientEngine);
		assertThat(session(exchanged(client)).resumed()).isFalse();
		assertThat(session(accepted()).resumed()).isFalse();
		TcpConnection second = exchanged(client);
		assertThat(session(second).resumed()).isTrue();
		assertThat(Site.peer(second)).isEqualTo("localhost");
		TcpConnection server = accepted();
		assertThat(session(server).resumed()).isTrue();
		assertThat(Site.peer(server)).isEqualTo("orders.example.com");
		assertThat(this.site.admissions()).containsExactlyInAnyOrder("localhost", "orders.example.com", "localhost",
				"orders.example.com");
	}

	@ParameterizedTest
	@EnumSource
	void resumptionWhenClientExpiredMeanwhileIsRefused(TlsEngine engine) throws InterruptedException {
		TcpListener listener = listen(engine, this.site.serverGate());
		MtlsTcpClient client = client(listener, engine,
				this.site.authority().client((request) -> request.notAfter(Instant.now().plus(Duration.ofHours(2)))));
		exchanged(client);
		assertThat(session(accepted()).resumed()).isFalse();
		this.site.pass(Duration.ofHours(3));
		assertRefused(client);
		assertThat(this.site.refusals()).containsExactly(Reason.CERTIFICATE_EXPIRED);
		assertThat(this.site.refusedSessions()).extracting(TlsSession::resumed).containsExactly(true);
		assertThat(this.accepted).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void resumptionWhenServerExpiredMeanwhileIsRefused(TlsEngine engine) throws InterruptedException {
		TestCertificate server = this.site.authority()
			.server((request) -> request.notAfter(Instant.now().plus(Duration.ofHours(2))));
		TcpListener listener = listen(engine,
				this.site.open(GateSettings.server(true, TlsProfile.defaults()), server, (locations) -> {
				}));
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		exchanged(client);
		this.site.pass(Duration.ofHours(3));
		assertThat(Site.reason(client)).isEqualTo(Reason.CERTIFICATE_EXPIRED);
		assertThat(this.site.refusedSessions()).extracting(TlsSession::resumed).containsExactly(true);
	}

	@ParameterizedTest
	@EnumSource
	void connectionAfterRevocationIsRefused(TlsEngine engine) throws InterruptedException {
		TestCertificate certificate = this.site.authority().client("orders.example.com");
		Path crl = Site.write(this.directory.resolve("ca.crl"), this.site.authority().crl());
		Gate gate = this.site.serverGate((settings) -> settings.withRevocation(Site.CRLS),
				(locations) -> locations.crls(List.of("file:" + crl)));
		TcpListener listener = listen(engine, gate);
		MtlsTcpClient client = client(listener, engine, certificate);
		exchanged(client);
		Site.write(crl, this.site.authority().crl(certificate.certificate()));
		gate.reload();
		assertRefused(client);
		assertThat(this.site.refusals()).containsExactly(Reason.CERTIFICATE_REVOKED);
	}

	@ParameterizedTest
	@EnumSource
	void connectionAfterRuleChangedIsRefused(TlsEngine engine) throws InterruptedException {
		Path rules = Site.write(this.directory.resolve("rules"), "orders.example.com");
		Gate gate = this.site.serverGate((settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-clients", List.of("file:" + rules)));
		TcpListener listener = listen(engine, gate);
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		exchanged(client);
		Site.write(rules, "billing.example.com");
		gate.reload();
		assertRefused(client);
		assertThat(this.site.refusals()).containsExactly(Reason.IDENTITY_NOT_ALLOWED);
	}

	private TcpListener listen(TlsEngine engine, Gate gate) {
		return this.site.listen(MtlsTcpServer.create(gate).engine(engine).handle((connection) -> {
			this.accepted.add(connection);
			return Site.echo(connection);
		}));
	}

	private MtlsTcpClient client(TcpListener listener, TlsEngine engine, TestCertificate certificate) {
		return MtlsTcpClient.create(this.site.clientGate(certificate, (settings) -> settings, (locations) -> {
		})).host("localhost").port(listener.port()).engine(engine);
	}

	private TcpConnection accepted() throws InterruptedException {
		return Objects.requireNonNull(this.accepted.poll(10, TimeUnit.SECONDS), "No connection was accepted");
	}

	// With TLS 1.3 the client learns of it when it reads
	private static void assertRefused(MtlsTcpClient client) {
		assertThat(Site.failure(client.connect().flatMapMany(TcpConnection::receive))).isNotNull();
	}

	private static TcpConnection exchanged(MtlsTcpClient client) {
		TcpConnection connection = Site.get(client.connect());
		assertThat(Site.exchange(connection, "ping")).isEqualTo("ping");
		connection.close();
		Site.end(connection.onClose());
		return connection;
	}

	private static TlsSession session(TcpConnection connection) {
		return Objects.requireNonNull(connection.tlsSession(), "There is no session");
	}

}
