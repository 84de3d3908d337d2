package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for what a change does to the peer that it refuses, on resumed sessions and live
 * connections, and what it does not do to the others.
 */
@Tag("servers")
class ChangeTests {

	private static final Duration AT_ONCE = Duration.ofSeconds(1);

	private static final Duration LOAD_BOUND = Duration.ofSeconds(15);

	private static final int MILLION = 1_000_000;

	@TempDir
	static Path directory;

	private static MountedServer mounted;

	@BeforeAll
	static void start() {
		mounted = MountedServer.start(directory);
	}

	@AfterAll
	static void stop() {
		mounted.close();
	}

	@BeforeEach
	void forget() {
		mounted.events().drain();
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, RULES", "TLSv1.3, TRUST", "TLSv1.3, PINS", "TLSv1.3, CRL", "TLSv1.3, KILL_SWITCH",
			"TLSv1.2, RULES", "TLSv1.2, TRUST", "TLSv1.2, PINS", "TLSv1.2, CRL", "TLSv1.2, KILL_SWITCH" })
	void sessionThatWasResumedBeforeIsRefusedAfter(String protocol, Change change) throws IOException {
		SSLContext client = mounted.leaving().sslContext(mounted.authority());
		assertResumes(client, protocol);
		change.apply();
		try {
			mounted.events().drain();
			assertThatIOException().isThrownBy(() -> get(client, protocol));
			assertThat(mounted.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(change.reason);
		}
		finally {
			change.revert();
		}
		assertResumes(client, protocol);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void sessionOfAPeerThatStaysIsNotResumedAfterAChangeOfTrust(String protocol) throws IOException {
		SSLContext client = mounted.staying().sslContext(mounted.authority());
		try (Connection before = assertResumes(client, protocol, MountedServer.STAYING)) {
			Change.TRUST.apply();
			try (Connection after = open(client, protocol)) {
				assertThat(after.session().getCreationTime()).as("creation of the session, which is new")
					.isGreaterThan(before.session().getCreationTime());
				assertThat(after.get("/peer")).isEqualTo(MountedServer.STAYING);
			}
			finally {
				Change.TRUST.revert();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void liveConnectionsOfTheRefusedPeerAreClosedAndThoseOfOthersAreNot(Change change) throws Exception {
		try (LivePeer leaving = connect(mounted.leaving(), MountedServer.LEAVING);
				LivePeer staying = connect(mounted.staying(), MountedServer.STAYING)) {
			mounted.events().drain();
			Instant changed = change.apply().time();
			try {
				assertEnded(leaving.awaitEnds(), changed);
				assertCuts(change.reason, MountedServer.LEAVING);
				if (change == Change.KILL_SWITCH) {
					assertEnded(staying.awaitEnds(), changed);
				}
				else {
					staying.assertAlive();
				}
			}
			finally {
				change.revert();
			}
		}
	}

	@Test
	void liveConnectionsWhenTheCertificateRunsOutAreClosed() throws Exception {
		Instant start = Instant.now();
		try (LivePeer other = connect(mounted.leaving(), MountedServer.LEAVING)) {
			// Late enough that the connections of the next peer stand by then
			Duration connecting = Duration.between(start, Instant.now());
			Instant end = Instant.now().plus(connecting.multipliedBy(4)).plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
			TestCertificate shortLived = mounted.authority()
				.client((request) -> request.dns(MountedServer.STAYING).notAfter(end));
			mounted.reload(MountedServer.pins(mounted.staying(), mounted.leaving(), shortLived));
			try (LivePeer peer = connect(shortLived, MountedServer.STAYING)) {
				assertEnded(peer.awaitEnds(), end);
				assertThat(Instant.now()).isAfterOrEqualTo(end);
				assertCuts(Reason.CERTIFICATE_EXPIRED, MountedServer.STAYING);
				other.assertAlive();
			}
		}
	}

	@Test
	void filesWhenBrokenAreNotTakenAndTheNextGoodOnesAre() throws IOException {
		SSLContext client = mounted.staying().sslContext(mounted.authority());
		X509Certificate before = server(client);
		Map<String, String> next = mounted.serverCertificate();
		String key = Objects.requireNonNull(next.get("server.key"));
		assertThat(mounted.breakFiles(Map.of("clients", "# nobody\n")).reason()).isEqualTo(Reason.RULES_EMPTY);
		assertThat(mounted.breakFiles(Map.of("clients", "foo*bar\n")).reason()).isEqualTo(Reason.RULE_INVALID);
		Map<String, String> clients = MountedServer.clients(MountedServer.STAYING, MountedServer.LEAVING);
		assertThat(mounted.breakFiles(both(clients, Map.of("server.key", key))).reason())
			.isEqualTo(Reason.KEY_MISMATCH);
		assertThat(mounted.breakFiles(Map.of("server.key", key.substring(0, key.length() / 2))).reason())
			.isEqualTo(Reason.MATERIAL_INVALID);
		assertThat(server(client)).isEqualTo(before);
		mounted.reload(next);
		assertThat(server(client)).isNotEqualTo(before);
	}

	@Test
	void networksWhenThereAreAMillionAreLoadedAndDecide() throws IOException {
		TlsClient client = new TlsClient(mounted.staying().sslContext(mounted.authority()), "TLSv1.3");
		String million = IntStream.range(0, MILLION)
			.mapToObj((number) -> "10.%d.%d.%d/32".formatted((number >> 15) & 0xff, (number >> 7) & 0xff,
					(number << 1) & 0xff))
			.collect(Collectors.joining("\n"));
		Instant start = Instant.now();
		mounted.reload(Map.of("networks", million + "\n127.0.0.1\n"));
		try {
			assertThat(Duration.between(start, Instant.now())).isLessThan(LOAD_BOUND);
			mounted.events().drain();
			int port = mounted.server().port();
			assertThatIOException().isThrownBy(() -> client.get(InetAddress.getByName("127.0.0.2"), port, "/peer"));
			assertThat(mounted.events().await(MtlsEvent.PeerRefused.class).reason())
				.isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
			assertThat(client.get(port, "/peer").body()).isEqualTo(MountedServer.STAYING);
		}
		finally {
			mounted.reload(Map.of("networks", "127.0.0.1\n"));
		}
	}

	private static void assertResumes(SSLContext client, String protocol) throws IOException {
		assertResumes(client, protocol, MountedServer.LEAVING).close();
	}

	private static Connection assertResumes(SSLContext client, String protocol, String name) throws IOException {
		try (Connection first = open(client, protocol)) {
			// The answer comes after the ticket of TLS 1.3
			first.get("/peer");
			Connection second = open(client, protocol);
			assertThat(second.session().getCreationTime()).as("creation of the session, which is resumed")
				.isEqualTo(first.session().getCreationTime());
			assertThat(second.get("/peer")).isEqualTo(name);
			return second;
		}
	}

	private static void assertEnded(Map<String, Instant> ends, Instant cause) {
		assertThat(ends).allSatisfy((kind, end) -> assertThat(Duration.between(cause, end)).isLessThan(AT_ONCE));
	}

	private static void assertCuts(Reason reason, String name) {
		assertThat(mounted.events().cuts()).filteredOn((cut) -> name.equals(nameOf(cut)))
			.hasSize(3)
			.allSatisfy((cut) -> assertThat(cut.reason()).isEqualTo(reason));
	}

	private static @Nullable String nameOf(MtlsEvent.ConnectionCut cut) {
		return (cut.identity() != null) ? cut.identity().displayName() : null;
	}

	private static LivePeer connect(TestCertificate certificate, String name) throws Exception {
		return LivePeer.connect(mounted.server(), certificate.sslContext(mounted.authority()), name);
	}

	private static String get(SSLContext client, String protocol) throws IOException {
		try (Connection connection = open(client, protocol)) {
			return connection.get("/peer");
		}
	}

	private static X509Certificate server(SSLContext client) throws IOException {
		return new TlsClient(client, "TLSv1.3").get(mounted.server().port(), "/peer").server();
	}

	private static Connection open(SSLContext client, String protocol) throws IOException {
		return Connection.open(client, protocol, mounted.server().port());
	}

	private static Map<String, String> both(Map<String, String> first, Map<String, String> second) {
		Map<String, String> both = new HashMap<>(first);
		both.putAll(second);
		return both;
	}

	/**
	 * Something that refuses the leaving peer, and what admits it again.
	 */
	enum Change {

		RULES(Reason.IDENTITY_NOT_ALLOWED) {

			@Override
			MtlsEvent apply() {
				return mounted.reload(MountedServer.clients(MountedServer.STAYING));
			}

			@Override
			void revert() {
				mounted.reload(MountedServer.clients(MountedServer.STAYING, MountedServer.LEAVING));
			}

		},

		TRUST(Reason.ISSUER_UNKNOWN) {

			@Override
			MtlsEvent apply() {
				return mounted.reload(MountedServer.trust(mounted.authority()));
			}

			@Override
			void revert() {
				mounted.reload(mounted.bothTrusted());
			}

		},

		PINS(Reason.PIN_MISMATCH) {

			@Override
			MtlsEvent apply() {
				return mounted.reload(MountedServer.pins(mounted.staying()));
			}

			@Override
			void revert() {
				mounted.reload(MountedServer.pins(mounted.staying(), mounted.leaving()));
			}

		},

		CRL(Reason.CERTIFICATE_REVOKED) {

			@Override
			MtlsEvent apply() {
				return mounted.reload(mounted.revoked(mounted.leaving()));
			}

			@Override
			void revert() {
				mounted.reload(mounted.revoked());
			}

		},

		KILL_SWITCH(Reason.KILL_SWITCH) {

			@Override
			MtlsEvent apply() throws IOException {
				return mounted.kill(true);
			}

			@Override
			void revert() throws IOException {
				mounted.kill(false);
			}

		};

		private final Reason reason;

		Change(Reason reason) {
			this.reason = reason;
		}

		abstract MtlsEvent apply() throws IOException;

		abstract void revert() throws IOException;

	}

}
