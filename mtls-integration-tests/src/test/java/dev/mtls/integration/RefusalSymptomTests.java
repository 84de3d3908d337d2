package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.Flaw;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a refused client sees, which {@code docs/troubleshooting.md} says.
 */
@Tag("servers")
class RefusalSymptomTests {

	private static final String NAME = "api.example.com";

	private static final List<String> VERSIONS = List.of("1.3", "1.2");

	private static final String LISTED_ADDRESS = "127.0.0.1";

	private static final int MAX_ATTEMPTS = 100;

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate listed = authority.client(NAME);

	private static final TestCertificate unlisted = authority.client("other.example.com");

	private static final TestCertificate revoked = authority.client(NAME);

	@TempDir
	static Path directory;

	private static Path killSwitch;

	private static TestServer server;

	@BeforeAll
	static void start() throws IOException {
		killSwitch = directory.resolve("kill");
		Path crl = Files.write(directory.resolve("ca.crl"), authority.crl(revoked.certificate()));
		String pins = Stream.of(listed, unlisted, revoked)
			.map(RefusalSymptomTests::pin)
			.collect(Collectors.joining(","));
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.allowed-networks=127.0.0.1", "mtls.server.allowed-clients=dns:" + NAME,
					"mtls.server.pins=" + pins, "mtls.server.revocation.crls=file:" + crl,
					"mtls.server.revocation.scope=leaf", "mtls.reload.interval=50ms",
					"mtls.kill-switch=file:" + killSwitch));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@ParameterizedTest
	@MethodSource("attempts")
	void clientWhenRefusedSeesWhatTheTableSays(Attempt attempt) throws IOException {
		for (String version : VERSIONS) {
			assertSymptom(attempt.reason(), version, attempt.client(), attempt.address());
		}
	}

	@Test
	void clientWhenKillSwitchIsEngagedSeesWhatTheTableSays() throws IOException {
		Files.createFile(killSwitch);
		try {
			server.events().await(MtlsEvent.KillSwitchChanged.class);
			for (String version : VERSIONS) {
				assertSymptom(Reason.KILL_SWITCH, version, listed, LISTED_ADDRESS);
			}
		}
		finally {
			Files.delete(killSwitch);
			server.events().await(MtlsEvent.KillSwitchChanged.class, (changed) -> !changed.engaged());
		}
	}

	@Test
	void tableTellsOfNothingElse() throws IOException {
		assertThat(SymptomTable.read().reasons()).containsExactlyInAnyOrderElementsOf(
				Stream.concat(Stream.of(Reason.KILL_SWITCH), attempts().map(Attempt::reason))
					.map(Reason::code)
					.collect(Collectors.toSet()));
	}

	@ParameterizedTest
	@MethodSource("attemptsWithAlert")
	@RequiresProgram("openssl")
	void opensslWhenRefusedShowsTheAlertOfTheTable(Attempt attempt) throws Exception {
		for (String version : VERSIONS) {
			Program openssl = openssl(attempt, version);
			Matcher alert = Pattern.compile("SSL alert number (\\d+)").matcher(openssl.errors());
			assertThat(alert.find()).as(openssl.errors()).isTrue();
			assertThat(SymptomTable.read().alertNumbers(attempt.reason(), version)).contains(alert.group(1));
			assertRefused(attempt.reason());
		}
	}

	private static Stream<Attempt> attempts() {
		return Stream.concat(attemptsWithAlert(),
				// OpenSSL does not even load a weak certificate
				Stream.of(Attempt.with(Flaw.WEAK_KEY, Reason.ALGORITHM_WEAK),
						new Attempt(Reason.ADDRESS_NOT_ALLOWED, listed, "127.0.0.2"),
						Attempt.with(revoked, Reason.CERTIFICATE_REVOKED),
						Attempt.with(unlisted, Reason.IDENTITY_NOT_ALLOWED),
						Attempt.with(authority.client(NAME), Reason.PIN_MISMATCH)));
	}

	private static Stream<Attempt> attemptsWithAlert() {
		return Stream.of(new Attempt(Reason.CERTIFICATE_MISSING, null, LISTED_ADDRESS),
				Attempt.with(Flaw.EXPIRED, Reason.CERTIFICATE_EXPIRED),
				Attempt.with(Flaw.NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID),
				Attempt.with(Flaw.OTHER_AUTHORITY, Reason.ISSUER_UNKNOWN),
				Attempt.with(Flaw.CA_AS_LEAF, Reason.LEAF_IS_CA),
				Attempt.with(Flaw.WRONG_EXTENDED_KEY_USAGE, Reason.KEY_USAGE_WRONG),
				Attempt.with(Flaw.WRONG_KEY_USAGE, Reason.KEY_USAGE_WRONG),
				Attempt.with(Flaw.UNKNOWN_CRITICAL_EXTENSION, Reason.CONSTRAINT_VIOLATED));
	}

	private static void assertSymptom(Reason reason, String version, @Nullable TestCertificate certificate,
			String address) throws IOException {
		Set<String> told = SymptomTable.read().symptoms(reason, version);
		RefusedClient client = new RefusedClient(
				(certificate != null) ? certificate.sslContext(authority) : authority.sslContext(), "TLSv" + version);
		String seen;
		int attempts = 0;
		do {
			seen = client.connect(InetAddress.getByName(address), server.port());
			assertRefused(reason);
			attempts++;
		}
		while (attempts < MAX_ATTEMPTS && mayHideAnAlert(seen));
		assertThat(told).as("%s with TLS %s", reason.code(), version).contains(seen);
	}

	// The JDK's client writes each message of its handshake on its own, so that it still
	// sends when the alert is on its way
	private static boolean mayHideAnAlert(String symptom) {
		return symptom.equals(RefusedClient.RESET) && !TestServer.expected().equals("netty");
	}

	private static void assertRefused(Reason reason) {
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
	}

	private static Program openssl(Attempt attempt, String version) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port(),
				"-ign_eof", "-tls" + version.replace('.', '_')));
		TestCertificate client = attempt.client();
		if (client != null) {
			PemFiles pem = client.writeTo(directory, "client");
			command.addAll(List.of("-cert", pem.certificate().toString(), "-key", pem.privateKey().toString()));
		}
		return Program.run(directory, "", command);
	}

	private static String pin(TestCertificate certificate) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest(certificate.certificate().getPublicKey().getEncoded());
			return "spki-sha256:" + Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Something for which the server refuses a client.
	 *
	 * @param reason the reason
	 * @param client the certificate of the client, or {@code null} if it presents none
	 * @param address where the client connects from
	 */
	record Attempt(Reason reason, @Nullable TestCertificate client, String address) {

		static Attempt with(TestCertificate client, Reason reason) {
			return new Attempt(reason, client, LISTED_ADDRESS);
		}

		static Attempt with(Flaw flaw, Reason reason) {
			return with(authority.client(flaw, NAME), reason);
		}

	}

}
