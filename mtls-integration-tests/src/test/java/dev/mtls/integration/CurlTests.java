package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with {@code curl} as the client.
 */
@RequiresProgram("curl")
class CurlTests {

	private static final int TIMED_OUT = 28;

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

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			--http2   | 1.3 | 2
			--http2   | 1.2 | 2
			--http1.1 | 1.3 | 1.1
			--http1.1 | 1.2 | 1.1
			""")
	void curlWhenCertificateIsTrustedIsAnswered(String http, String tls, String httpVersion) throws Exception {
		Program curl = curl(with("api.example.com", http, "--verbose", "--write-out", "|%{http_code}|%{http_version}",
				"--tlsv" + tls, "--tls-max", tls));
		assertThat(curl.output()).as(curl.errors()).isEqualTo("api.example.com|200|" + httpVersion);
		assertThat(curl.errors()).contains("SSL connection using TLSv" + tls);
		assertThat(curl.exitCode()).isZero();
		assertThat(server.events().await(MtlsEvent.PeerAdmitted.class).rule()).isEqualTo("dns:*.example.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http2", "--http1.1" })
	void curlWhenThereIsNoCertificateIsRefused(String http) throws Exception {
		assertRefused(curl(List.of(http)), Reason.CERTIFICATE_MISSING, "alert");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2", "1.3" })
	void curlWhenCertificateIsOfAnotherAuthorityGetsAnAlert(String tlsVersion) throws Exception {
		PemFiles client = TestAuthority.create().client("api.example.com").writeTo(directory, "stranger");
		Program curl = curl(List.of("--tls-max", tlsVersion, "--cert", client.certificate().toString(), "--key",
				client.privateKey().toString()));
		assertRefused(curl, Reason.ISSUER_UNKNOWN, "alert");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http2", "--http1.1" })
	void curlWhenNameIsNotListedIsRefused(String http) throws Exception {
		MtlsEvent.PeerRefused refused = assertRefused(curl(with("other.example.org", http)),
				Reason.IDENTITY_NOT_ALLOWED, "");
		assertThat(refused.detail()).contains("other.example.org");
	}

	@ParameterizedTest
	@ValueSource(strings = { "--http2", "--http1.1" })
	void curlWhenAddressIsNotListedIsReset(String http) throws Exception {
		MtlsEvent.PeerRefused refused = assertRefused(curl(with("api.example.com", http, "--interface", "127.0.0.2")),
				Reason.ADDRESS_NOT_ALLOWED,
				// The latter where the reset comes before curl has seen the connection
				"reset|Couldn't connect");
		assertThat(refused.address()).isNotNull().hasToString("/127.0.0.2");
		assertThat(refused.identity()).isNull();
	}

	@Test
	void curlWhenPlainHttpIsNotAnswered() throws Exception {
		Program curl = run(List.of("http://127.0.0.1:%d/peer".formatted(server.port())));
		assertThat(curl.output()).doesNotContain(PeerController.ANONYMOUS);
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
	}

	private MtlsEvent.PeerRefused assertRefused(Program curl, Reason reason, String error) {
		assertThat(curl.output()).isEmpty();
		assertThat(curl.errors()).containsPattern(error);
		assertThat(curl.exitCode()).isNotIn(0, TIMED_OUT);
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).isEqualTo(reason);
		return refused;
	}

	private static List<String> with(String client, String... options) {
		PemFiles pem = authority.client(client).writeTo(directory, "client");
		List<String> arguments = new ArrayList<>(List.of(options));
		arguments.addAll(List.of("--cert", pem.certificate().toString(), "--key", pem.privateKey().toString()));
		return arguments;
	}

	private static Program curl(List<String> options) throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(options);
		arguments.addAll(List.of("--cacert", files.trust().toString(), server.uri("/peer").toString()));
		return run(arguments);
	}

	private static Program run(List<String> arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--max-time", "20"));
		command.addAll(arguments);
		return Program.run(directory, "", command);
	}

}
