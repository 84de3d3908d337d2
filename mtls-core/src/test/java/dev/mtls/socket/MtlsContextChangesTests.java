package dev.mtls.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateAuthority;
import dev.mtls.authority.CertificateFiles;
import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.IssuedCertificate;
import dev.mtls.authority.PemText;
import dev.mtls.authority.RevocationListRequest;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.GateSettings;
import dev.mtls.gate.KillSwitch;
import dev.mtls.gate.SnapshotLocations;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.tls.TlsProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what becomes of connections when something changes.
 */
@Timeout(60)
class MtlsContextChangesTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final Events events = new Events();

	@TempDir
	private Path folder;

	private MtlsContext server;

	private MtlsListener listener;

	private MtlsContext client;

	@BeforeEach
	void open() throws IOException {
		CertificateFiles.replacing().write(Parties.SERVER, file("tls.crt"), file("tls.key"));
		trust(Parties.ROOT);
		revoke(1);
		this.server = MtlsContext.builder()
			.certificate("file:" + file("tls.crt"))
			.privateKey("file:" + file("tls.key"))
			.trustCertificates("file:" + file("ca.crt"))
			.crls("file:" + file("ca.crl"))
			.reloadInterval(Duration.ofHours(1))
			.onEvent(this.events)
			.build();
		this.listener = this.server.listen("127.0.0.1:0");
		this.client = Parties.builder(Parties.ALICE).build();
	}

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	@Test
	void killSwitchCutsAndRefusesUntilItIsReleased() throws Exception {
		try (Pair pair = connect(this.client)) {
			Background<Integer> reading = Background.run(() -> pair.accepted().inputStream().read());
			Instant begun = Instant.now();
			this.server.killSwitch().set(true);
			Parties.assertCut(() -> throwIt(reading.failure()), Reason.KILL_SWITCH);
			assertThat(Duration.between(begun, Instant.now())).isLessThan(SECOND);
			Parties.assertCut(() -> Parties.send(pair.accepted(), "x"), Reason.KILL_SWITCH);
			assertThat(pair.accepted().isOpen()).isFalse();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> pair.connected().inputStream().read());
		}
		assertThatExceptionOfType(MtlsException.class)
			.isThrownBy(() -> this.client.connect(Parties.target(this.listener)));
		assertThat(this.events.awaitRefusal()).isEqualTo(Reason.KILL_SWITCH);
		Parties.assertRefused(() -> this.server.connect(Parties.target(this.listener)), Reason.KILL_SWITCH);
		this.server.killSwitch().set(false);
		try (Pair pair = connect(this.client)) {
			pair.assertTalks();
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "Virtual threads are there from Java 21 on")
	void killSwitchCutsWhatAVirtualThreadReads() throws Exception {
		CompletableFuture<String> name = new CompletableFuture<>();
		CompletableFuture<Instant> cut = new CompletableFuture<>();
		Background<Void> serving = Background.run(() -> {
			this.listener.serve((connection) -> {
				name.complete("%s for %s".formatted(Thread.currentThread(), connection.peerIdentity()));
				Parties.assertCut(() -> connection.inputStream().read(), Reason.KILL_SWITCH);
				cut.complete(Instant.now());
			});
			return null;
		});
		try (MtlsConnection connected = this.client.connect(Parties.target(this.listener))) {
			assertThat(name.get(5, TimeUnit.SECONDS)).startsWith("VirtualThread[").contains("alice");
			Instant begun = Instant.now();
			this.server.killSwitch().set(true);
			assertThat(Duration.between(begun, cut.get(5, TimeUnit.SECONDS))).isLessThan(SECOND);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> connected.inputStream().read());
		}
		this.listener.close();
		serving.get();
	}

	@Test
	void nothingIsReadOrWrittenWhenNobodyHasWalkedYet() throws Exception {
		KillSwitch killSwitch = new KillSwitch(false);
		// Nobody walks the connections of this gate
		Gate gate = Gate.builder(GateSettings.server(true, TlsProfile.defaults()),
				SnapshotLocations.builder("test")
					.pem(Parties.SERVER.chainPem(), Parties.SERVER.privateKeyPem(), null)
					.trustCertificates(List.of(PemText.of(Parties.ROOT.certificate())))
					.build())
			.killSwitch(killSwitch)
			.executor((walk) -> {
			})
			.open();
		try (ContextThreads threads = new ContextThreads(); TcpServerSocket listening = new TcpServerSocket()) {
			listening.bind(new InetSocketAddress(Parties.loopback(), 0));
			CompletableFuture<MtlsConnection> connecting = this.client
				.connectAsync("localhost:" + listening.getLocalPort());
			Established established = SocketHandshake.withClient(gate, TlsProfile.defaults(), listening.accept());
			try (MtlsConnection accepted = new MtlsConnection(established, threads, new Timeouts(SECOND, null, null));
					MtlsConnection connected = connecting.get()) {
				Parties.send(connected, "secret");
				assertThat(accepted.inputStream().read()).isEqualTo('s');
				killSwitch.set(true);
				Parties.assertCut(() -> accepted.inputStream().read(), Reason.KILL_SWITCH);
				Parties.assertCut(() -> accepted.outputStream().write(1), Reason.KILL_SWITCH);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void revocationCutsLiveConnectionAndRefusesResumedOne(String protocol) throws Exception {
		try (MtlsContext client = Parties.builder(Parties.ALICE).minimumTls(protocol).maximumTls(protocol).build()) {
			for (boolean resumed : new boolean[] { false, true }) {
				try (Pair pair = connect(client)) {
					pair.assertTalks();
					assertThat(pair.accepted().tlsSession().resumed()).isEqualTo(resumed);
				}
			}
			try (Pair pair = connect(client)) {
				Background<Integer> reading = Background.run(() -> pair.accepted().inputStream().read());
				revoke(2, Parties.ALICE);
				Instant begun = Instant.now();
				assertThat(this.server.reload()).isTrue();
				Parties.assertCut(() -> throwIt(reading.failure()), Reason.CERTIFICATE_REVOKED);
				assertThat(Duration.between(begun, Instant.now())).isLessThan(SECOND);
				assertThat(this.events.await(MtlsEvent.ConnectionCut.class).reason())
					.isEqualTo(Reason.CERTIFICATE_REVOKED);
			}
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> {
				try (MtlsConnection connection = client.connect(Parties.target(this.listener))) {
					connection.inputStream().read();
				}
			}).matches((ex) -> ex instanceof IOException || ex instanceof MtlsException);
			assertThat(this.events.awaitRefusal()).isEqualTo(Reason.CERTIFICATE_REVOKED);
		}
	}

	@Test
	void clientCutsServerThatIsRevoked() throws Exception {
		try (MtlsContext client = Parties.builder(Parties.ALICE)
			.crls("file:" + file("ca.crl"))
			.reloadInterval(Duration.ofMillis(50))
			.build(); Pair pair = connect(client)) {
			pair.assertTalks();
			revoke(2, Parties.SERVER);
			// Noticed by itself
			Parties.assertCut(() -> pair.connected().inputStream().read(), Reason.CERTIFICATE_REVOKED);
			Parties.assertRefused(() -> client.connect(Parties.target(this.listener)), Reason.CERTIFICATE_REVOKED);
		}
	}

	@Test
	void admissionThatRunsOutIsCut() throws Exception {
		IssuedCertificate shortLived = Parties.ROOT.issue(Parties.client("alice")
			.notBefore(Instant.now().minusSeconds(60))
			.notAfter(Instant.now().plusSeconds(3))
			.build());
		try (MtlsContext client = Parties.builder(shortLived).build(); Pair pair = connect(client)) {
			pair.assertTalks();
			Parties.assertCut(() -> pair.accepted().inputStream().read(), Reason.CERTIFICATE_EXPIRED);
		}
	}

	@Test
	void reloadOfKeyKeepsConnectionsAndShowsNextCertificate() throws Exception {
		try (Pair standing = connect(this.client)) {
			IssuedCertificate next = Parties.ROOT.issue(CertificateRequest.server("localhost").build());
			CertificateFiles.replacing().write(next, file("tls.crt"), file("tls.key"));
			assertThat(this.server.reload()).isTrue();
			assertThat(this.server.reload()).isFalse();
			standing.assertTalks();
			try (Pair pair = connect(this.client)) {
				assertThat(pair.connected().peerIdentity()).isEqualTo(PeerIdentity.of(next.certificate()));
				pair.assertTalks();
			}
			standing.assertTalks();
		}
	}

	@Test
	void reloadOfTrustCutsWhoIsNotTrustedAnyMore() throws Exception {
		IssuedCertificate other = Parties.OTHER_ROOT.issue(Parties.client("bob").build());
		trust(Parties.ROOT, Parties.OTHER_ROOT);
		try (MtlsContext both = MtlsContext.builder()
			.certificate("file:" + file("tls.crt"))
			.privateKey("file:" + file("tls.key"))
			.trustCertificates("file:" + file("ca.crt"))
			.build();
				MtlsListener listener = both.listen("127.0.0.1:0");
				MtlsContext bob = Parties.builder(other).build();
				Pair staying = Pair.connect(this.client, listener);
				Pair leaving = Pair.connect(bob, listener)) {
			staying.assertTalks();
			leaving.assertTalks();
			trust(Parties.ROOT);
			assertThat(both.reload()).isTrue();
			Parties.assertCut(() -> leaving.accepted().inputStream().read(), Reason.ISSUER_UNKNOWN);
			staying.assertTalks();
		}
	}

	@Test
	void reloadWhenFileIsBrokenKeepsWhatWasThere() throws Exception {
		Files.writeString(file("tls.crt"), "broken");
		assertThat(this.server.reload()).isFalse();
		assertThat(this.events.await(MtlsEvent.ReloadKept.class).reason()).isEqualTo(Reason.MATERIAL_INVALID);
		try (Pair pair = connect(this.client)) {
			pair.assertTalks();
		}
	}

	@Test
	void closeOfContextClosesEverything() throws Exception {
		try (Pair pair = connect(this.client)) {
			this.server.close();
			assertThat(pair.accepted().isOpen()).isFalse();
			assertThat(pair.connected().inputStream().read()).isEqualTo(-1);
			this.server.close();
			assertThat(this.server.serverGate().connections()).isEmpty();
			this.server.killSwitch().set(true);
		}
	}

	private Path file(String name) {
		return this.folder.resolve(name);
	}

	private Pair connect(MtlsContext client) throws IOException {
		return Pair.connect(client, this.listener);
	}

	private void trust(CertificateAuthority... authorities) {
		CertificateFiles.replacing()
			.writeCertificates(
					PemText.of(List.of(authorities).stream().map(CertificateAuthority::certificate).toList()),
					file("ca.crt"));
	}

	private void revoke(long number, IssuedCertificate... revoked) throws IOException {
		RevocationListRequest request = RevocationListRequest.of(number);
		for (IssuedCertificate each : revoked) {
			request = request.revoke(each.certificate());
		}
		Path next = file("next.crl");
		Files.write(next, Parties.ROOT.revocationList(request));
		Files.move(next, file("ca.crl"), StandardCopyOption.REPLACE_EXISTING);
	}

	private static void throwIt(Throwable failure) throws Throwable {
		throw failure;
	}

	/**
	 * Both ends of a connection.
	 */
	private record Pair(MtlsConnection connected, MtlsConnection accepted) implements AutoCloseable {

		static Pair connect(MtlsContext client, MtlsListener listener) throws IOException {
			MtlsConnection connected = client.connect(Parties.target(listener));
			return new Pair(connected, listener.accept());
		}

		void assertTalks() throws IOException {
			Parties.send(this.connected, "ping");
			assertThat(Parties.receive(this.accepted, 4)).isEqualTo("ping");
			Parties.send(this.accepted, "pong");
			assertThat(Parties.receive(this.connected, 4)).isEqualTo("pong");
		}

		@Override
		public void close() {
			this.connected.close();
			this.accepted.close();
		}

	}

}
