package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.cli.CommandProcess;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.Flaw;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DoctorCommand}.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoctorCommandTests {

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void runWhenServerIsHealthyIsOk(String protocol) {
		try (TestServer server = mutual(protocol)) {
			CommandRun run = CommandRun.of(withClient(server, "--json"));
			assertThat(run.statuses()).as(run.out())
				.containsExactly("resolve=ok", "connect=ok", "handshake=ok", "chain=ok", "name=ok", "policy=ok",
						"resumption=ok");
			assertThat(run.status()).isEqualTo(ExitStatus.OK);
			assertThat(run.json()).extracting("ok", "target", "serverName")
				.containsExactly(true, "localhost:" + server.port(), "localhost");
			assertThat(run.fact("handshake", "protocol")).isEqualTo(protocol);
			assertThat(run.fact("chain", "subject")).isEqualTo("CN=localhost");
			assertThat((long) run.fact("chain", "daysLeft")).isPositive();
			assertThat(run.fact("chain", "anchor")).isEqualTo("CN=Test CA");
			assertThat(run.fact("name", "subjectAlternativeNames")).asInstanceOf(InstanceOfAssertFactories.LIST)
				.contains("localhost", "127.0.0.1");
			assertThat(run.fact("policy", "accepted")).isEqualTo(true);
			assertThat(run.fact("policy", "issuers")).isEqualTo(List.of("CN=Test CA"));
			assertThat(run.fact("resumption", "resumed")).isEqualTo(true);
		}
	}

	@Test
	void runWhenHealthyPrintsALineForEachStep() {
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of(withClient(server));
			List<String> lines = run.out().lines().toList();
			assertThat(lines).hasSize(9);
			assertThat(lines.get(2)).matches("handshake   ok        TLSv1.3, TLS_\\w+");
			assertThat(lines.get(3))
				.matches("chain       ok        CN=localhost, \\d+ days left, issued by CN=Test CA,.*");
			assertThat(lines.get(8)).isEqualTo("localhost:%d: no problem found", server.port());
		}
	}

	@Test
	void runWhenBrokenPrintsWhatIsWrongAndHowToMendIt() {
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of("127.0.0.1:" + server.port(), "--ca", ca(), "--server-name", "api.example");
			assertThat(run.status()).isEqualTo(ExitStatus.ATTENTION);
			assertThat(run.out().lines()).contains(
					"""
							                      wrong: the server's certificate is not for this name (looked for api.example, \
							the certificate has SANs localhost, 127.0.0.1, ::1)""",
					"                      mend:  " + Problem.WRONG_NAME.fix());
			assertThat(run.out()).endsWith("127.0.0.1:%d: 1 problem found%n".formatted(server.port()));
		}
	}

	@Test
	void runWhenClientCertificateIsRequiredPrintsWhatThePageShows() throws IOException {
		TestAuthority authority = TestAuthority.create(CertificateRequest.authority("CN=Example CA").build(),
				InstantSource.system());
		TestCertificate api = authority.issue(CertificateRequest.server("api.example.com").build());
		DoctorCommand command = new DoctorCommand(
				new Doctor(InstantSource.system(), (host) -> new InetAddress[] { InetAddress.getLoopbackAddress() }));
		try (TestServer server = TestServer.tls(api.sslContext(authority),
				(settings) -> settings.setNeedClientAuth(true))) {
			CommandRun run = CommandRun.of(command, "api.example.com:" + server.port(), "--ca",
					authority.writeTo(this.directory, "ca").toString());
			assertThat(Files.readString(Path.of("..", "docs", "cli.md")))
				.contains("$ mtls doctor api.example.com:8443 --ca pki/ca.crt\n%s```".formatted(run.out()
					.replace("127.0.0.1", "10.0.0.7")
					.replace(":" + server.port(), ":8443")
					.replaceFirst("\\d+ days left", "364 days left")
					.replace("alert bad_certificate", "alert certificate_required")));
		}
	}

	@Test
	void runWhenAddressIsNamedByCertificateIsOk() {
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of(withClient(server, "--json", "--server-name", "127.0.0.1"));
			assertThat(run.problems()).isEmpty();
		}
	}

	@Test
	void runWhenClientCertificateIsOptionalTellsIssuers() {
		try (TestServer server = TestServer.tls(AUTHORITY.server().sslContext(AUTHORITY),
				(settings) -> settings.setWantClientAuth(true))) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--ca", ca(), "--json");
			assertThat(run.status()).isEqualTo(ExitStatus.OK);
			assertThat(run.fact("policy", "asked")).isEqualTo(true);
			assertThat(run.fact("policy", "required")).isEqualTo(false);
			assertThat(run.fact("policy", "issuers")).isEqualTo(List.of("CN=Test CA"));
		}
	}

	@Test
	void runWhenCaIsNotGivenTrustsTheJavaRuntime() {
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--json");
			assertThat(run.problems()).containsExactly("unknown-issuer");
			assertThat(run.out()).contains("trusted are the CAs of this Java runtime");
		}
	}

	@Test
	void runWhenServerIsNotVerifiedShowsNoCertificateAndSendsNoData() throws InterruptedException {
		BlockingQueue<List<Certificate>> shown = new LinkedBlockingQueue<>();
		BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
		TestAuthority other = TestAuthority.create();
		try (TestServer server = TestServer.tls(other.server().sslContext(AUTHORITY),
				(settings) -> settings.setWantClientAuth(true), (socket) -> {
					socket.startHandshake();
					shown.add(peerOf(socket));
					received.add(socket.getInputStream().readAllBytes().length);
				})) {
			CommandRun run = CommandRun.of(withClient(server, "--json"));
			assertThat(run.problems()).containsExactly("unknown-issuer");
			assertThat(run.statuses()).contains("policy=skipped", "resumption=skipped");
			assertThat(run.fact("policy", "asked")).isEqualTo(true);
			assertThat(shown.poll(5, TimeUnit.SECONDS)).isEmpty();
			assertThat(received.poll(5, TimeUnit.SECONDS)).isZero();
			assertThat(shown).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void runWhenServerChangesBetweenConnectionsShowsNoCertificate(String protocol) throws InterruptedException {
		TestCertificate right = AUTHORITY.server();
		TestCertificate wrong = AUTHORITY.server(Flaw.OTHER_AUTHORITY);
		BlockingQueue<List<Certificate>> shown = new LinkedBlockingQueue<>();
		AtomicInteger connections = new AtomicInteger();
		try (TestServer server = TestServer.plain((socket) -> {
			TestCertificate own = (connections.getAndIncrement() == 0) ? right : wrong;
			SSLSocket tls = (SSLSocket) own.sslContext(AUTHORITY).getSocketFactory().createSocket(socket, null, true);
			tls.setUseClientMode(false);
			tls.setWantClientAuth(true);
			tls.setEnabledProtocols(new String[] { protocol });
			try {
				tls.startHandshake();
			}
			finally {
				shown.add(peerOf(tls));
			}
		})) {
			CommandRun run = CommandRun.of(withClient(server, "--json"));
			assertThat(run.problems()).containsExactly("chain-refused");
			assertThat(run.statuses()).contains("chain=ok", "policy=problem", "resumption=skipped");
			assertThat(shown.poll(5, TimeUnit.SECONDS)).isEmpty();
			assertThat(shown.poll(5, TimeUnit.SECONDS)).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void runWhenServerClosesBehindItsAlertTellsTheAlert(String protocol) {
		PemFiles other = TestAuthority.create().client("mallory").writeTo(this.directory, "other");
		try (TestServer server = mutual(protocol)) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--ca", ca(), "--cert",
					other.certificate().toString(), "--key", other.privateKey().toString(), "--timeout", "10s");
			assertThat(run.out()).contains("refuses your client certificate (alert certificate_unknown:");
		}
	}

	@Test
	void runWhenCertificateRunsOutByTheClockTellsExpired() {
		try (TestServer server = mutual("TLSv1.3")) {
			DoctorCommand command = new DoctorCommand(
					InstantSource.fixed(Instant.now().plus(Duration.ofDays(100 * 365))));
			CommandRun run = CommandRun.of(command, "localhost:" + server.port(), "--ca", ca(), "--json");
			assertThat(run.problems()).containsExactly("certificate-expired");
		}
	}

	@Test
	void runWhenHostIsUnknownTellsSo() {
		DoctorCommand command = new DoctorCommand(new Doctor(InstantSource.system(), (host) -> {
			throw new UnknownHostException(host);
		}));
		CommandRun run = CommandRun.of(command, "api.example:443", "--ca", ca(), "--json");
		assertThat(run.problems()).containsExactly("host-unknown");
		assertThat(run.statuses()).contains("connect=skipped", "resumption=skipped");
	}

	@Test
	void runWhenResolverDoesNotAnswerGivesUp() {
		CountDownLatch never = new CountDownLatch(1);
		DoctorCommand command = new DoctorCommand(new Doctor(InstantSource.system(), (host) -> {
			try {
				never.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return new InetAddress[0];
		}));
		CommandRun run = CommandRun.of(command, "api.example:443", "--ca", ca(), "--json", "--timeout", "100ms");
		assertThat(run.problems()).containsExactly("host-unknown");
		assertThat(run.out()).contains("within 100 ms");
		never.countDown();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			api.example                         | 'api.example' is no host and port; write host:port
			https://api.example/                | 'https://api.example/' is no host and port
			api.example:0                       | no host and port
			api.example:65536                   | no host and port
			::1:8443                            | write host:port, such as api.example.com:8443 or [::1]:8443
			api_*.example:443                   | no host name that a certificate can hold
			api.example:443 --key k             | give the certificate of the key too
			api.example:443 --timeout 5         | '5' is no timeout; write 500ms, 5s or 1m
			api.example:443 --timeout 0s        | is no timeout
			api.example:443 --timeout 11m       | is no timeout
			api.example:443 --server-name a/b   | 'a/b' is no host name
			api.example:443 --wrong             | Unknown option: '--wrong'
			""")
	void runWhenUsageIsWrongSaysHowToMendIt(String arguments, String message) {
		CommandRun run = CommandRun.of(arguments.split(" "));
		assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
		assertThat(run.err()).contains(message);
		assertThat(run.out()).isEmpty();
	}

	@Test
	void runWithoutTargetIsWrongUsage() {
		CommandRun run = CommandRun.of();
		assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
		assertThat(run.err()).contains("host:port");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--ca", "--cert" })
	void runWhenFileIsMissingFails(String option) {
		CommandRun run = CommandRun.of("localhost:1", option, this.directory.resolve("missing.pem").toString());
		assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
		assertThat(run.err()).startsWith("mtls: %s=file:".formatted(option)).hasLineCount(1);
		assertThat(run.out()).isEmpty();
	}

	@Test
	void runWhenKeyIsInTheFileOfTheCertificateReadsIt() throws IOException {
		TestCertificate client = AUTHORITY.client("alice");
		Path both = Files.writeString(this.directory.resolve("both.pem"), client.chainPem() + client.privateKeyPem());
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--ca", ca(), "--cert", both.toString(),
					"--json");
			assertThat(run.fact("policy", "accepted")).isEqualTo(true);
		}
	}

	@Test
	void runWhenKeyIsBesideTheCertificateReadsItThere() {
		PemFiles files = AUTHORITY.client("alice").writeTo(this.directory, "beside");
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--ca", ca(), "--cert",
					files.certificate().toString(), "--json");
			assertThat(run.fact("policy", "accepted")).isEqualTo(true);
		}
	}

	@Test
	void runWhenKeyIsEncryptedReadsItWithThePassword() throws Exception {
		PemFiles files = AUTHORITY.client("alice").writeTo(this.directory, "plain");
		Path locked = this.directory.resolve("locked.key");
		assertThat(
				new CommandProcess(this.directory)
					.run(List.of("openssl", "pkcs8", "-topk8", "-in", files.privateKey().toString(), "-out",
							locked.toString(), "-passout", "pass:secret"))
					.status())
			.isZero();
		Path password = Files.writeString(this.directory.resolve("password"), "secret");
		try (TestServer server = mutual("TLSv1.3")) {
			CommandRun run = CommandRun.of("localhost:" + server.port(), "--ca", ca(), "--cert",
					files.certificate().toString(), "--key", locked.toString(), "--password-file", password.toString(),
					"--json");
			assertThat(run.fact("policy", "accepted")).isEqualTo(true);
		}
	}

	@Test
	void helpHasExamplesAndExitStatuses() {
		CommandRun run = CommandRun.of("--help");
		assertThat(run.status()).isZero();
		assertThat(run.out()).contains("Exit status:", "Examples:", "mtls doctor www.example.com:443");
	}

	private TestServer mutual(String protocol) {
		return TestServer.tls(AUTHORITY.server().sslContext(AUTHORITY), (server) -> {
			server.setEnabledProtocols(new String[] { protocol });
			server.setNeedClientAuth(true);
		});
	}

	private String[] withClient(TestServer server, String... further) {
		PemFiles client = AUTHORITY.client("alice").writeTo(this.directory, "client");
		List<String> arguments = new ArrayList<>(List.of("localhost:" + server.port(), "--ca", ca(), "--cert",
				client.certificate().toString(), "--key", client.privateKey().toString()));
		arguments.addAll(List.of(further));
		return arguments.toArray(String[]::new);
	}

	private static List<Certificate> peerOf(SSLSocket socket) {
		try {
			return List.of(socket.getSession().getPeerCertificates());
		}
		catch (SSLPeerUnverifiedException ex) {
			return List.of();
		}
	}

	private String ca() {
		return AUTHORITY.writeTo(this.directory, "ca").toString();
	}

}
