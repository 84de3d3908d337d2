package dev.mtls.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.KillSwitch;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for requests and WebSockets that last, of clients behind a proxy that are refused
 * meanwhile.
 */
@Tag("servers")
class ForwardedLiveTests {

	private static final Duration AT_ONCE = Duration.ofSeconds(1);

	private static final long BOUND_SECONDS = 20;

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate leaving = authority.client("leaving.example.com");

	private static final TestCertificate staying = authority.client("staying.example.com");

	private static final SSLContext proxy = authority.client("proxy.example.com").sslContext(authority);

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() throws IOException {
		rules(leaving, staying);
		crl();
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("server.shutdown=immediate", "mtls.reload.interval=100ms",
					"mtls.server.allowed-clients=file:" + directory.resolve("clients"),
					"mtls.server.revocation.crls=file:" + directory.resolve("ca.crl"),
					"mtls.server.forwarded.format=rfc9440", "mtls.server.forwarded.proxies=dns:proxy.example.com"));
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
	void requestsWhenTheClientIsNoLongerListedAreCut() throws Exception {
		List<Lasting> cut = lasting(leaving);
		List<Lasting> kept = lasting(staying);
		rules(staying);
		try {
			Instant changed = server.events().await(MtlsEvent.Reloaded.class).time();
			assertCut(cut, changed, Reason.IDENTITY_NOT_ALLOWED);
			for (Lasting request : kept) {
				request.assertAlive();
			}
		}
		finally {
			rules(leaving, staying);
			server.events().await(MtlsEvent.Reloaded.class);
			waiting().release();
		}
	}

	@Test
	void requestsWhenTheClientIsRevokedAreCut() throws Exception {
		List<Lasting> cut = lasting(leaving);
		crl(leaving);
		try {
			assertCut(cut, server.events().await(MtlsEvent.Reloaded.class).time(), Reason.CERTIFICATE_REVOKED);
		}
		finally {
			crl();
			server.events().await(MtlsEvent.Reloaded.class);
			waiting().release();
		}
	}

	@Test
	void requestsWhenTheKillSwitchIsEngagedAreCut() throws Exception {
		List<Lasting> cut = lasting(leaving);
		server.bean(KillSwitch.class).set(true);
		try {
			Instant changed = server.events().await(MtlsEvent.KillSwitchChanged.class).time();
			for (Lasting request : cut) {
				request.assertEnded(changed);
			}
		}
		finally {
			server.bean(KillSwitch.class).set(false);
			waiting().release();
		}
	}

	private static void assertCut(List<Lasting> requests, Instant changed, Reason reason) throws Exception {
		for (Lasting request : requests) {
			request.assertEnded(changed);
		}
		assertThat(server.events().cuts()).hasSameSizeAs(requests).allSatisfy((cut) -> {
			assertThat(cut.reason()).isEqualTo(reason);
			assertThat(cut.identity()).isNotNull()
				.satisfies((peer) -> assertThat(peer.displayName()).isEqualTo("leaving.example.com"));
		});
	}

	private static List<Lasting> lasting(TestCertificate client) throws Exception {
		String certificate = ":%s:".formatted(Base64.getEncoder().encodeToString(certificateOf(client)));
		List<Lasting> lasting = new ArrayList<>();
		for (HttpClient.Version version : HttpClient.Version.values()) {
			if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
				lasting.add(Waiting.begin(version, certificate));
			}
		}
		lasting.add(Socket.open(certificate));
		return lasting;
	}

	private static byte[] certificateOf(TestCertificate client) throws CertificateEncodingException {
		return client.certificate().getEncoded();
	}

	private static WaitController waiting() {
		return server.bean(WaitController.class);
	}

	private static void rules(TestCertificate... clients) throws IOException {
		StringBuilder rules = new StringBuilder();
		for (TestCertificate client : clients) {
			rules.append((client == leaving) ? "dns:leaving.example.com\n" : "dns:staying.example.com\n");
		}
		swap("clients", rules.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static void crl(TestCertificate... revoked) throws IOException {
		List<X509Certificate> certificates = new ArrayList<>();
		for (TestCertificate certificate : revoked) {
			certificates.add(certificate.certificate());
		}
		swap("ca.crl", authority.crl(certificates.toArray(X509Certificate[]::new)));
	}

	private static void swap(String name, byte[] content) throws IOException {
		Path next = Files.write(directory.resolve(name + ".next"), content);
		Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
	}

	/**
	 * Something that lasts.
	 */
	private interface Lasting {

		void assertAlive() throws Exception;

		void assertEnded(Instant changed) throws Exception;

	}

	/**
	 * A request that is not answered.
	 *
	 * @param end when it ended
	 */
	private record Waiting(CompletableFuture<Instant> end) implements Lasting {

		static Waiting begin(HttpClient.Version version, String certificate) {
			int before = waiting().waiting();
			HttpRequest request = HttpRequest.newBuilder(server.uri("/wait"))
				.version(version)
				.header("Client-Cert", certificate)
				.build();
			CompletableFuture<Instant> end = HttpClient.newBuilder()
				.sslContext(proxy)
				.build()
				.sendAsync(request, HttpResponse.BodyHandlers.ofString())
				.handle((response, failure) -> Instant.now());
			Awaitility.await().until(() -> waiting().waiting() > before);
			return new Waiting(end);
		}

		@Override
		public void assertAlive() {
			assertThat(this.end).isNotDone();
		}

		@Override
		public void assertEnded(Instant changed) throws Exception {
			assertThat(Duration.between(changed, this.end.get(BOUND_SECONDS, TimeUnit.SECONDS))).isLessThan(AT_ONCE);
		}

	}

	/**
	 * A WebSocket.
	 */
	private static final class Socket implements Lasting, WebSocket.Listener {

		private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

		private final CompletableFuture<Instant> end = new CompletableFuture<>();

		private @Nullable WebSocket socket;

		static Socket open(String certificate) throws Exception {
			Socket socket = new Socket();
			socket.socket = HttpClient.newBuilder()
				.sslContext(proxy)
				.build()
				.newWebSocketBuilder()
				.header("Client-Cert", certificate)
				.buildAsync(URI.create("wss://127.0.0.1:%d/echo".formatted(server.port())), socket)
				.get(BOUND_SECONDS, TimeUnit.SECONDS);
			socket.assertAlive();
			return socket;
		}

		@Override
		public void assertAlive() throws Exception {
			Objects.requireNonNull(this.socket).sendText("hello", true).get(BOUND_SECONDS, TimeUnit.SECONDS);
			assertThat(this.texts.poll(BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo("hello");
		}

		@Override
		public void assertEnded(Instant changed) throws Exception {
			assertThat(Duration.between(changed, this.end.get(BOUND_SECONDS, TimeUnit.SECONDS))).isLessThan(AT_ONCE);
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
			this.texts.add(text.toString());
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.end.complete(Instant.now());
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.end.complete(Instant.now());
		}

	}

}
