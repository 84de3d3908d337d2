package dev.mtls.tcp;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.tcp.client.MtlsTcpClient;
import dev.mtls.tcp.server.MtlsTcpServer;
import dev.mtls.tcp.server.TcpListener;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;
import dev.mtls.tls.PeerRefusedException;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what happens to connections that stand when something changes.
 */
class LifeTests {

	private static final Duration CUT_WITHIN = Duration.ofSeconds(1);

	private final Site site = new Site();

	private final BlockingQueue<Received> accepted = new LinkedBlockingQueue<>();

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.site.close();
	}

	@ParameterizedTest
	@EnumSource
	void revokedClientIsCutAndOthersGoOn(TlsEngine engine) throws InterruptedException {
		TestCertificate revoked = this.site.authority().client("orders.example.com");
		Path crl = Site.write(this.directory.resolve("ca.crl"), this.site.authority().crl());
		Gate gate = this.site.serverGate((settings) -> settings.withRevocation(Site.CRLS),
				(locations) -> locations.crls(List.of("file:" + crl)));
		TcpListener listener = keeping(engine, gate);
		TcpConnection cut = Site.get(client(listener, engine, revoked).connect());
		Received atServer = accepted();
		TcpConnection other = Site.get(this.site.client(listener, "billing.example.com").engine(engine).connect());
		Received otherAtServer = accepted();
		Received atClient = new Received(cut);
		Site.write(crl, this.site.authority().crl(revoked.certificate()));
		gate.reload();
		Site.await(() -> atServer.isEnded() && atClient.isEnded(), CUT_WITHIN);
		assertRefused(atServer, Reason.CERTIFICATE_REVOKED);
		assertThat(atClient.end()).isNotNull();
		Site.end(cut.onClose());
		assertThat(this.site.cuts()).containsExactly(Reason.CERTIFICATE_REVOKED);
		Site.end(Site.send(other, "still here"));
		otherAtServer.await("still here");
		assertThat(listener.connections()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void clientIsCutWhenItsRuleIsRemoved(TlsEngine engine) throws InterruptedException {
		Path rules = Site.write(this.directory.resolve("rules"), "orders.example.com");
		Gate gate = this.site.serverGate((settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-clients", List.of("file:" + rules)));
		TcpListener listener = keeping(engine, gate);
		Received atClient = new Received(
				Site.get(this.site.client(listener, "orders.example.com").engine(engine).connect()));
		Received atServer = accepted();
		Site.write(rules, "billing.example.com");
		gate.reload();
		Site.await(() -> atServer.isEnded() && atClient.isEnded(), CUT_WITHIN);
		assertRefused(atServer, Reason.IDENTITY_NOT_ALLOWED);
	}

	@ParameterizedTest
	@EnumSource
	void serverIsCutWhenClientNoLongerAllowsIt(TlsEngine engine) {
		Path rules = Site.write(this.directory.resolve("rules"), "localhost");
		TcpListener listener = this.site.echo(engine);
		Gate gate = this.site.clientGate(this.site.authority().client("orders.example.com"), (settings) -> settings,
				(locations) -> locations.allowedPeers("allowed-servers", List.of("file:" + rules)));
		TcpConnection connection = Site.get(client(gate, listener, engine).connect());
		Received received = new Received(connection);
		Site.write(rules, "example.com");
		gate.reload();
		Site.await(received::isEnded, CUT_WITHIN);
		assertRefused(received, Reason.IDENTITY_NOT_ALLOWED);
		Site.end(connection.onClose());
		assertThat(Site.failure(Site.send(connection, "x"))).isNotNull();
	}

	@ParameterizedTest
	@EnumSource
	void killSwitchCutsBothSidesAndRefusesUntilItIsReleased(TlsEngine engine) throws InterruptedException {
		TcpListener listener = keeping(engine, this.site.serverGate());
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		Received atClient = new Received(Site.get(client.connect()));
		Received atServer = accepted();
		this.site.killSwitch().set(true);
		Site.await(() -> atServer.isEnded() && atClient.isEnded(), CUT_WITHIN);
		assertThat(List.of(atServer, atClient)).anySatisfy((received) -> assertRefused(received, Reason.KILL_SWITCH));
		assertThat(Site.reason(client)).isEqualTo(Reason.KILL_SWITCH);
		assertThat(listener.connections()).isZero();
		this.site.killSwitch().set(false);
		TcpConnection again = Site.get(client.connect());
		Site.end(Site.send(again, "again"));
		accepted().await("again");
	}

	@ParameterizedTest
	@EnumSource
	void clientIsCutWhenItsCertificateExpires(TlsEngine engine) throws InterruptedException {
		TcpListener listener = keeping(engine, this.site.serverGate());
		TestCertificate brief = this.site.authority()
			.client((request) -> request.notAfter(Instant.now().plus(Duration.ofHours(2))));
		Received atClient = new Received(Site.get(client(listener, engine, brief).connect()));
		Received atServer = accepted();
		this.site.pass(Duration.ofHours(3));
		Site.await(() -> atServer.isEnded() && atClient.isEnded(), CUT_WITHIN);
		assertRefused(atServer, Reason.CERTIFICATE_EXPIRED);
	}

	@ParameterizedTest
	@EnumSource
	void reloadOfKeyAndTrustDropsNothing(TlsEngine engine) throws InterruptedException {
		TestAuthority next = TestAuthority.create();
		PemFiles key = this.site.authority().server().writeTo(this.directory, "server");
		Path trust = Site.write(this.directory.resolve("trust.crt"), this.site.authority().anchorPem());
		Gate gate = this.site.open(GateSettings.server(true, TlsProfile.defaults()), this.site.authority().server(),
				(locations) -> locations.pem("file:" + key.certificate(), "file:" + key.privateKey(), null)
					.trustCertificates(List.of("file:" + trust)));
		TcpListener listener = keeping(engine, gate);
		MtlsTcpClient client = this.site.client(listener, "orders.example.com").engine(engine);
		TcpConnection before = Site.get(client.connect());
		Received beforeAtServer = accepted();
		TestCertificate renewed = this.site.authority().server();
		renewed.writeTo(this.directory, "server");
		Site.write(trust, this.site.authority().anchorPem() + next.anchorPem());
		assertThat(gate.reload()).isTrue();
		Site.end(Site.send(before, "goes on"));
		beforeAtServer.await("goes on");
		assertThat(Site.get(client.connect()).peerIdentity()).extracting(Object::toString)
			.asString()
			.contains(renewed.certificate().getSerialNumber().toString(16));
		accepted();
		TestCertificate ofNext = next.client("next.example.com");
		Site.get(client(listener, engine, ofNext).connect());
		assertThat(accepted()).isNotNull();
		assertThat(this.site.cuts()).isEmpty();
	}

	private static void assertRefused(Received received, Reason reason) {
		assertThat(received.end()).isInstanceOfSatisfying(PeerRefusedException.class,
				(refusal) -> assertThat(refusal.denial().reason()).isEqualTo(reason));
	}

	private Received accepted() throws InterruptedException {
		Received received = this.accepted.poll(10, TimeUnit.SECONDS);
		assertThat(received).as("The connection that was accepted").isNotNull();
		return received;
	}

	private TcpListener keeping(TlsEngine engine, Gate gate) {
		return this.site.listen(MtlsTcpServer.create(gate).engine(engine).handle((connection) -> {
			this.accepted.add(new Received(connection));
			return connection.onClose();
		}));
	}

	private MtlsTcpClient client(TcpListener listener, TlsEngine engine, TestCertificate certificate) {
		return client(this.site.clientGate(certificate, (settings) -> settings, (locations) -> {
		}), listener, engine);
	}

	private static MtlsTcpClient client(Gate gate, TcpListener listener, TlsEngine engine) {
		return MtlsTcpClient.create(gate).engine(engine).host("localhost").port(listener.port());
	}

}
