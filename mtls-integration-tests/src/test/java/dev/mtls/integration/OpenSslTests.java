package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.identity.PeerIdentity;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with {@code openssl s_client} as the client.
 */
@RequiresProgram("openssl")
class OpenSslTests {

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static ServerFiles files;

	private static TestServer server;

	@BeforeAll
	static void start() {
		files = ServerFiles.write(authority, directory);
		server = TestServer.start(files.properties("mtls.server.allowed-networks=127.0.0.1",
				"mtls.server.allowed-clients=*.example.com"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@EachTlsVersion
	void clientWhenCertificateIsTrustedIsAnswered(String version) throws Exception {
		Program client = connect(version, with("api.example.com"));
		assertThat(client.output()).contains("New, TLSv" + version, "Verification: OK", "HTTP/1.1 200",
				"api.example.com");
		assertAdmitted("api.example.com");
	}

	@EachTlsVersion
	void clientWhenThereIsNoCertificateGetsAnAlert(String version) throws Exception {
		Program client = connect(version, List.of());
		assertThat(client.output()).doesNotContain("HTTP/1.1");
		assertThat(client.errors()).contains("alert");
		assertRefused(Reason.CERTIFICATE_MISSING);
	}

	@EachTlsVersion
	void clientWhenCertificateIsOfAnotherAuthorityGetsAnAlert(String version) throws Exception {
		Program client = connect(version, with(TestAuthority.create(), "api.example.com"));
		assertThat(client.output()).doesNotContain("HTTP/1.1");
		assertThat(client.errors()).contains("alert");
		assertRefused(Reason.ISSUER_UNKNOWN);
	}

	@EachTlsVersion
	void clientWhenNameIsNotListedIsClosedAfterTheHandshake(String version) throws Exception {
		Program client = connect(version, with("other.example.org"));
		assertThat(client.output()).contains("New, TLSv" + version).doesNotContain("HTTP/1.1");
		assertRefused(Reason.IDENTITY_NOT_ALLOWED);
	}

	@EachTlsVersion
	void clientWhenAddressIsNotListedReadsNothing(String version) throws Exception {
		Program client = connect(version, with("api.example.com", "-bind", "127.0.0.2:0"));
		assertThat(client.output()).doesNotContainPattern("SSL handshake has read [1-9]").doesNotContain("HTTP/1.1");
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	@EachTlsVersion
	void clientWhenSessionIsResumedIsAdmittedAgain(String version) throws Exception {
		String session = directory.resolve("session" + version).toString();
		Program first = connect(version, with("api.example.com", "-sess_out", session));
		assertThat(first.output()).contains("New, TLSv" + version, "HTTP/1.1 200");
		assertAdmitted("api.example.com");
		Program second = connect(version, List.of("-sess_in", session));
		assertThat(second.output()).contains("Reused, TLSv" + version, "HTTP/1.1 200", "api.example.com");
		assertAdmitted("api.example.com");
		assertThat(server.events().drain()).isEmpty();
	}

	@EachTlsVersion
	void clientWhenSessionIsResumedFromAnotherAddressIsRefused(String version) throws Exception {
		String session = directory.resolve("moved" + version).toString();
		connect(version, with("api.example.com", "-sess_out", session));
		assertAdmitted("api.example.com");
		Program second = connect(version, List.of("-sess_in", session, "-bind", "127.0.0.2:0"));
		assertThat(second.output()).doesNotContain("HTTP/1.1");
		assertRefused(Reason.ADDRESS_NOT_ALLOWED);
	}

	private static void assertAdmitted(String name) {
		MtlsEvent.PeerAdmitted admitted = server.events().await(MtlsEvent.PeerAdmitted.class);
		assertThat(admitted.identity()).isNotNull().extracting(PeerIdentity::displayName).isEqualTo(name);
	}

	private static void assertRefused(Reason reason) {
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(reason);
	}

	private static List<String> with(String client, String... options) {
		return with(authority, client, options);
	}

	private static List<String> with(TestAuthority issuer, String client, String... options) {
		PemFiles pem = issuer.client(client).writeTo(directory, "client");
		List<String> arguments = new ArrayList<>(List.of(options));
		arguments.addAll(List.of("-cert", pem.certificate().toString(), "-key", pem.privateKey().toString()));
		return arguments;
	}

	private static Program connect(String version, List<String> options) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port(),
				"-CAfile", files.trust().toString(), "-verify_return_error", "-ign_eof",
				"-tls" + version.replace('.', '_')));
		command.addAll(options);
		return Program.run(directory, "GET /peer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", command);
	}

}
