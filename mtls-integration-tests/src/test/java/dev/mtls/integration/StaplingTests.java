package dev.mtls.integration;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.authority.KeyType;
import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.OcspFlaw;
import dev.mtls.test.OcspResponder;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the OCSP response that comes with a server's certificate, with
 * {@code openssl s_client} as the client.
 */
@Tag("servers")
@RequiresProgram("openssl")
class StaplingTests {

	private static final String JDK_STAPLES = "jdk.tls.server.enableStatusRequestExtension";

	private static final String GOOD = "Cert Status: good";

	private static final String NONE = "OCSP response: no response sent";

	private final TestAuthority root = TestAuthority.create();

	// The JDK staples to a chain that holds its issuer alone
	private final TestAuthority authority = this.root.intermediate();

	private final OcspResponder responder = this.authority.ocspResponder();

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.responder.close();
	}

	@EachTlsVersion
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void responseIsStapledBeforeLongAndToAskingClientsOnly(String version) throws Exception {
		try (TestServer server = start(certificate())) {
			Program client = awaitOutput(server, version, GOOD);
			assertThat(client.output()).contains("OCSP Response Status: successful (0x0)", "HTTP/1.1 200");
			assertThat(connect(server, version).output()).contains(GOOD);
			assertThat(this.responder.requests()).isOne();
			assertThat(run(server, version, List.of()).output()).contains("HTTP/1.1 200")
				.doesNotContain("OCSP Response Status");
			assertThat(server.events().drain()).noneMatch(MtlsEvent.Warned.class::isInstance);
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void responseIsRenewedBeforeItsEndAndSaysRevokedToo() throws Exception {
		this.responder.validity(Duration.ofSeconds(10));
		TestCertificate certificate = certificate();
		try (TestServer server = start(certificate)) {
			awaitOutput(server, "1.3", GOOD);
			this.responder.revoke(certificate.certificate());
			assertThat(server.events().await(MtlsEvent.Warned.class).message()).contains("CN=localhost", "is revoked");
			assertThat(connect(server, "1.3").output()).contains("Cert Status: revoked", "HTTP/1.1 200");
		}
	}

	@EachTlsVersion
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void handshakeWhenResponderIsSilentGoesOnWithoutResponse(String version) throws Exception {
		this.responder.misbehave(OcspFlaw.SILENT);
		try (TestServer server = start(certificate())) {
			Awaitility.await().until(() -> this.responder.requests() == 1);
			assertThat(connect(server, version).output()).contains(NONE, "HTTP/1.1 200");
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void responseOfALyingResponderIsNotStapled() throws Exception {
		this.responder.misbehave(OcspFlaw.WRONG_SIGNATURE);
		try (TestServer server = start(certificate())) {
			assertThat(server.events().await(MtlsEvent.Warned.class).message())
				.contains(this.responder.uri().toString(), "cannot be used");
			assertThat(connect(server, "1.3").output()).contains(NONE, "HTTP/1.1 200");
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void responseOfANewCertificateTakesThePlaceOfThatBefore() throws Exception {
		TestCertificate first = certificate((request) -> request.serialNumber(BigInteger.valueOf(0x1001)));
		TestCertificate second = certificate((request) -> request.serialNumber(BigInteger.valueOf(0x1002)));
		try (TestServer server = start(first, "mtls.reload.interval=100ms")) {
			awaitOutput(server, "1.3", "Serial Number: 1001");
			second.writeTo(this.directory, "server");
			awaitOutput(server, "1.3", "Serial Number: 1002");
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void keyForTheJdkAloneThatComesLaterIsServedWithoutResponse() throws Exception {
		try (TestServer server = start(certificate(), "mtls.reload.interval=100ms")) {
			awaitOutput(server, "1.3", GOOD);
			certificate((request) -> request.keyType(KeyType.ED25519)).writeTo(this.directory, "server");
			assertThat(awaitOutput(server, "1.3", NONE).output()).contains("HTTP/1.1 200")
				.containsIgnoringCase("Peer signature type: ed25519");
		}
	}

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void startWhenKeyIsForTheJdkAloneIsRefused() {
		assertRefused(certificate((request) -> request.keyType(KeyType.ED25519)));
	}

	@Test
	@DisabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void startWhenTheJdkDoesNotStapleIsRefused() {
		assertRefused(certificate());
	}

	@EachTlsVersion
	@DisabledIfSystemProperty(named = "mtls.test.engine", matches = "openssl")
	void responseIsStapledByTheJdkWhereItsPropertyIsSet(String version) throws Exception {
		// Read for each context: SSLContextImpl has it in a field that is not static
		System.setProperty(JDK_STAPLES, "true");
		try (TestServer server = start(certificate())) {
			assertThat(connect(server, version).output()).contains(GOOD, "HTTP/1.1 200");
			assertThat(connect(server, version).output()).contains(GOOD);
			assertThat(this.responder.requests()).isOne();
		}
		finally {
			System.clearProperty(JDK_STAPLES);
		}
	}

	private void assertRefused(TestCertificate certificate) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> start(certificate).close())
			.havingRootCause()
			.isInstanceOfSatisfying(MtlsException.class, (ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.ENGINE_UNSUPPORTED);
				assertThat(ex.place()).isEqualTo("mtls.server.ocsp-stapling=true");
				assertThat(ex.problem()).contains("JDK", JDK_STAPLES);
				assertThat(ex.fix()).contains("-D" + JDK_STAPLES + "=true", "netty-tcnative");
			});
	}

	private TestCertificate certificate() {
		return certificate((request) -> {
		});
	}

	private TestCertificate certificate(Consumer<CertificateRequest.Builder> changes) {
		return this.authority.server((request) -> {
			request.ocspResponder(this.responder.uri().toString());
			changes.accept(request);
		});
	}

	private TestServer start(TestCertificate certificate, String... others) {
		List<String> all = new ArrayList<>(Arrays.asList(others));
		all.add("mtls.server.ocsp-stapling=true");
		return TestServer
			.start(ServerFiles.write(this.root, certificate, this.directory).properties(all.toArray(String[]::new)));
	}

	private Program awaitOutput(TestServer server, String version, String text) {
		return Awaitility.await().until(() -> connect(server, version), (client) -> client.output().contains(text));
	}

	private Program connect(TestServer server, String version) throws IOException, InterruptedException {
		return run(server, version, List.of("-status"));
	}

	private Program run(TestServer server, String version, List<String> options)
			throws IOException, InterruptedException {
		PemFiles pem = this.root.client("api.example.com").writeTo(this.directory, "client");
		List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port(),
				"-CAfile", this.directory.resolve("ca.crt").toString(), "-verify_return_error", "-ign_eof",
				"-tls" + version.replace('.', '_'), "-cert", pem.certificate().toString(), "-key",
				pem.privateKey().toString()));
		command.addAll(options);
		return Program.run(this.directory, "GET /peer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
				command);
	}

}
