package dev.mtls.integration;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for files that change while the server runs.
 */
@Tag("servers")
class ReloadTests {

	private static final String CLIENT = "api.example.com";

	private static final int RELOADS = 3;

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext client = authority.client(CLIENT).sslContext(authority);

	@TempDir
	static Path directory;

	private static ServerFiles files;

	private static TestServer server;

	@BeforeAll
	static void start() {
		files = ServerFiles.write(authority, directory);
		server = TestServer.start(files.properties("mtls.reload.interval=50ms"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.events().drain();
	}

	@Test
	void requestsWhenFilesAreRewrittenUnderLoadAllSucceed() throws IOException {
		try (Load load = Load.on(server, client, CLIENT)) {
			load.awaitProgress();
			for (int reload = 0; reload < RELOADS && load.failures().isEmpty(); reload++) {
				X509Certificate next = rewrite();
				assertThat(get(client).server()).isEqualTo(next);
				load.awaitProgress();
				Files.writeString(files.material().certificate(), "broken");
				awaitKept(Reason.MATERIAL_INVALID);
				assertThat(get(client).server()).isEqualTo(next);
				load.awaitProgress();
			}
			assertThat(load.failures()).isEmpty();
			assertThat(load.seenServers()).as("server certificates that new connections saw")
				.hasSizeGreaterThanOrEqualTo(RELOADS);
		}
		rewrite();
	}

	@ParameterizedTest
	@MethodSource
	void filesWhenBrokenAreNotTakenAndTheNextGoodOnesAre(Breakage breakage, Reason reason) throws IOException {
		X509Certificate before = get(client).server();
		breakage.apply();
		assertThat(awaitKept(reason).message()).contains(directory.toString());
		assertThat(get(client).server()).isEqualTo(before);
		X509Certificate next = rewrite();
		assertThat(get(client).server()).isEqualTo(next).isNotEqualTo(before);
	}

	static Stream<Arguments> filesWhenBrokenAreNotTakenAndTheNextGoodOnesAre() {
		return Stream.of(
				breakage("empty certificate", () -> Files.writeString(files.material().certificate(), ""),
						Reason.MATERIAL_INVALID),
				breakage("half a key", () -> cutInHalf(files.material().privateKey()), Reason.MATERIAL_INVALID),
				breakage("no key", () -> Files.delete(files.material().privateKey()), Reason.SOURCE_UNREADABLE),
				breakage("no trust", () -> Files.writeString(files.trust(), ""), Reason.MATERIAL_INVALID),
				breakage("certificate of another key",
						() -> Files.writeString(files.material().certificate(), authority.server().chainPem()),
						Reason.KEY_MISMATCH),
				breakage("expired certificate", () -> authority.server(Flaw.EXPIRED).writeTo(directory, "server"),
						Reason.MATERIAL_EXPIRED));
	}

	@Test
	void http2WhenReloadedStaysAndIsNegotiatedAgain() throws Exception {
		HttpClient connected = http2Client();
		assertHttp2(connected);
		rewrite();
		assertHttp2(connected);
		assertHttp2(http2Client());
	}

	@Test
	void clientWhenItsAuthorityIsNoLongerTrustedIsRefusedOnAKnownSessionToo() throws IOException {
		assertThat(get(client).body()).isEqualTo(CLIENT);
		TestAuthority other = TestAuthority.create();
		other.writeTo(directory, "ca");
		server.events().await(MtlsEvent.Reloaded.class);
		assertThatIOException().isThrownBy(() -> get(client));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
		assertThat(get(other.client(CLIENT).sslContext(authority)).body()).isEqualTo(CLIENT);
		authority.writeTo(directory, "ca");
		server.events().await(MtlsEvent.Reloaded.class);
		assertThat(get(client).body()).isEqualTo(CLIENT);
	}

	// The trust as it was accepted last, so that there is one reload and not two
	private static X509Certificate rewrite() {
		TestCertificate next = authority.server();
		authority.writeTo(directory, "ca");
		next.writeTo(directory, "server");
		server.events().await(MtlsEvent.Reloaded.class);
		return next.certificate();
	}

	private static MtlsEvent.ReloadKept awaitKept(Reason reason) {
		return server.events().await(MtlsEvent.ReloadKept.class, (kept) -> kept.reason() == reason);
	}

	private static TlsClient.Response get(SSLContext context) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(server.port(), "/peer");
	}

	private static HttpClient http2Client() {
		return HttpClient.newBuilder().sslContext(client).build();
	}

	private static void assertHttp2(HttpClient httpClient) throws IOException, InterruptedException {
		HttpResponse<String> response = httpClient.send(HttpRequest.newBuilder(server.uri("/peer")).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.body()).isEqualTo(CLIENT);
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
	}

	private static Arguments breakage(String name, Breakage breakage, Reason reason) {
		return Arguments.of(Named.of(name, breakage), reason);
	}

	private static void cutInHalf(Path file) throws IOException {
		String text = Files.readString(file);
		Files.writeString(file, text.substring(0, text.length() / 2));
	}

	/**
	 * Breaks a file.
	 */
	private interface Breakage {

		void apply() throws IOException;

	}

}
