package dev.mtls.cli.doctor;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.authority.CertificateRequest;
import dev.mtls.cli.console.ExitStatus;
import dev.mtls.test.Flaw;
import dev.mtls.test.PemFiles;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Doctor} with servers that are broken.
 */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenServersTests {

	private static final TestAuthority AUTHORITY = TestAuthority.create();

	private static final TestAuthority OTHER = TestAuthority.create(CertificateRequest.authority("CN=Other CA").build(),
			InstantSource.system());

	private static final TestCertificate CLIENT = AUTHORITY.client("alice");

	@TempDir
	private Path directory;

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void examineWhenServerIsBrokenTellsTheProblem(String description, Supplier<TestServer> start,
			@Nullable TestCertificate client, List<Problem> expected) {
		try (TestServer server = start.get()) {
			// Long enough for a server on a busy machine, but for one that never answers
			String timeout = expected.contains(Problem.HANDSHAKE_TIMEOUT) ? "1s" : "10s";
			CommandRun run = CommandRun.of(arguments(server, client, "--json", "--timeout", timeout));
			assertThat(run.problems()).as(run.out()).isEqualTo(expected.stream().map(Problem::code).toList());
			assertThat(run.status()).isEqualTo(ExitStatus.ATTENTION);
			assertThat(run.err()).isEmpty();
		}
	}

	static Stream<Arguments> examineWhenServerIsBrokenTellsTheProblem() {
		return Stream.of(
				broken("plain HTTP", () -> TestServer.plain(answering("HTTP/1.1 400 Bad Request\r\n\r\n")),
						Problem.PLAIN_TEXT_PORT),
				broken("plain text at once", () -> TestServer.plain(greeting("SSH-2.0-OpenSSH_9.2\r\n")),
						Problem.PLAIN_TEXT_PORT),
				broken("one byte", () -> TestServer.plain(greeting("4")), Problem.PLAIN_TEXT_PORT),
				broken("wrong port", BrokenServersTests::closed, Problem.CONNECTION_REFUSED),
				broken("silent", () -> TestServer.plain((socket) -> socket.getInputStream().readAllBytes()),
						Problem.HANDSHAKE_TIMEOUT),
				broken("dripping", () -> TestServer.plain(BrokenServersTests::drip), Problem.HANDSHAKE_TIMEOUT),
				broken("closing", () -> TestServer.plain((socket) -> {
				}), Problem.HANDSHAKE_CLOSED),
				broken("resetting", () -> TestServer.plain(BrokenServersTests::reset), Problem.HANDSHAKE_CLOSED),
				broken("expired", with(AUTHORITY.server(Flaw.EXPIRED)), Problem.CERTIFICATE_EXPIRED),
				broken("not yet valid", with(AUTHORITY.server(Flaw.NOT_YET_VALID)), Problem.CERTIFICATE_NOT_YET_VALID),
				broken("unknown issuer", with(OTHER.intermediate().server()), Problem.UNKNOWN_ISSUER),
				broken("self-signed", with(AUTHORITY.server(Flaw.SELF_SIGNED)), Problem.UNKNOWN_ISSUER),
				broken("another issuer of the same name", with(AUTHORITY.server(Flaw.IMPOSTOR_AUTHORITY)),
						Problem.UNKNOWN_ISSUER),
				broken("missing intermediate", with(AUTHORITY.server(Flaw.MISSING_INTERMEDIATE)),
						Problem.MISSING_INTERMEDIATE),
				broken("wrong name", with(AUTHORITY.server(Flaw.WRONG_NAME)), Problem.WRONG_NAME),
				broken("wrong use", with(AUTHORITY.server(Flaw.WRONG_EXTENDED_KEY_USAGE)), Problem.CHAIN_REFUSED),
				broken("unknown issuer, expired and wrong name",
						with(OTHER.intermediate()
							.issue(CertificateRequest.server("wrong.example")
								.notBefore(Instant.now().minusSeconds(200))
								.notAfter(Instant.now().minusSeconds(100))
								.build())),
						Problem.UNKNOWN_ISSUER, Problem.CERTIFICATE_EXPIRED, Problem.WRONG_NAME),
				shown("no client certificate asked for", healthy((server) -> {
				}), CLIENT, Problem.CLIENT_CERTIFICATE_NOT_ASKED_FOR),
				shown("client certificate refused, TLS 1.3", healthy(needing("TLSv1.3")), OTHER.client("mallory"),
						Problem.CLIENT_CERTIFICATE_REFUSED),
				shown("client certificate refused, TLS 1.2", healthy(needing("TLSv1.2")), OTHER.client("mallory"),
						Problem.CLIENT_CERTIFICATE_REFUSED),
				shown("expired client certificate", healthy(needing("TLSv1.3")),
						AUTHORITY.client(Flaw.EXPIRED, "alice"), Problem.CLIENT_CERTIFICATE_INVALID,
						Problem.CLIENT_CERTIFICATE_REFUSED),
				shown("closed after the client certificate", () -> closingAfterHandshake("TLSv1.3"), CLIENT,
						Problem.CLIENT_CERTIFICATE_REFUSED),
				shown("closed after the client certificate, TLS 1.2", () -> closingAfterHandshake("TLSv1.2"), CLIENT,
						Problem.CLIENT_CERTIFICATE_REFUSED),
				broken("client certificate required, TLS 1.3", healthy(needing("TLSv1.3")),
						Problem.CLIENT_CERTIFICATE_REQUIRED),
				broken("client certificate required, TLS 1.2", healthy(needing("TLSv1.2")),
						Problem.CLIENT_CERTIFICATE_REQUIRED),
				broken("cipher mismatch", healthy((server) -> {
					server.setEnabledProtocols(new String[] { "TLSv1.2" });
					server.setEnabledCipherSuites(new String[] { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" });
				}), Problem.PROTOCOL_OR_CIPHER_MISMATCH),
				broken("protocol mismatch", () -> TestServer.plain(alerting(70)), Problem.PROTOCOL_OR_CIPHER_MISMATCH),
				broken("other alert", () -> TestServer.plain(alerting(80)), Problem.HANDSHAKE_FAILED),
				broken("unknown server name", healthy((server) -> {
					SSLParameters parameters = server.getSSLParameters();
					parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.example")));
					server.setSSLParameters(parameters);
				}), Problem.SERVER_NAME_UNKNOWN));
	}

	private String[] arguments(TestServer server, @Nullable TestCertificate client, String... further) {
		List<String> arguments = new ArrayList<>(
				List.of("localhost:" + server.port(), "--ca", AUTHORITY.writeTo(this.directory, "ca").toString()));
		if (client != null) {
			PemFiles files = client.writeTo(this.directory, "client");
			arguments.addAll(List.of("--cert", files.certificate().toString(), "--key", files.privateKey().toString()));
		}
		arguments.addAll(List.of(further));
		return arguments.toArray(String[]::new);
	}

	private static Arguments broken(String description, Supplier<TestServer> server, Problem... problems) {
		return Arguments.of(description, server, null, List.of(problems));
	}

	private static Arguments shown(String description, Supplier<TestServer> server, TestCertificate client,
			Problem... problems) {
		return Arguments.of(description, server, client, List.of(problems));
	}

	private static Supplier<TestServer> with(TestCertificate certificate) {
		return () -> TestServer.tls(certificate.sslContext(AUTHORITY), (server) -> {
		});
	}

	private static Supplier<TestServer> healthy(Consumer<SSLServerSocket> settings) {
		return () -> TestServer.tls(AUTHORITY.server().sslContext(AUTHORITY), settings);
	}

	private static Consumer<SSLServerSocket> needing(String protocol) {
		return (server) -> {
			server.setEnabledProtocols(new String[] { protocol });
			server.setNeedClientAuth(true);
		};
	}

	private static TestServer closingAfterHandshake(String protocol) {
		return TestServer.tls(AUTHORITY.server().sslContext(AUTHORITY), (server) -> {
			server.setEnabledProtocols(new String[] { protocol });
			server.setWantClientAuth(true);
		}, (socket) -> socket.startHandshake());
	}

	private static TestServer closed() {
		TestServer server = TestServer.plain((socket) -> {
		});
		server.close();
		return server;
	}

	private static TestServer.Handler answering(String text) {
		return (socket) -> {
			socket.getInputStream().read();
			greeting(text).handle(socket);
		};
	}

	private static TestServer.Handler greeting(String text) {
		return (socket) -> {
			socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
			socket.shutdownOutput();
			socket.getInputStream().readAllBytes();
		};
	}

	private static TestServer.Handler alerting(int alert) {
		return (socket) -> {
			socket.getOutputStream().write(new byte[] { 21, 3, 3, 0, 2, 2, (byte) alert });
			socket.shutdownOutput();
			socket.getInputStream().readAllBytes();
		};
	}

	// A handshake record that never ends, each byte of which comes within the bound on
	// one read
	private static void drip(Socket socket) throws IOException {
		socket.getOutputStream().write(new byte[] { 22, 3, 3, 0x3f, 0 });
		socket.setSoTimeout(100);
		boolean open = true;
		while (open) {
			try {
				open = socket.getInputStream().read() != -1;
			}
			catch (SocketTimeoutException ex) {
				socket.getOutputStream().write(2);
			}
		}
	}

	private static void reset(Socket socket) throws IOException {
		socket.getInputStream().read();
		socket.setSoLinger(true, 0);
	}

}
