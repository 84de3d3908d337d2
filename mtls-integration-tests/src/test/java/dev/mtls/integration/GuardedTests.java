package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.boot.web.ClientAddress;
import dev.mtls.boot.web.RequestPeer;
import dev.mtls.boot.web.RequireClientCert;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RequireClientCert}, {@link ClientAddress} and {@link RequestPeer}
 * behind a server that wants certificates, with and without Spring Security.
 */
@Tag("servers")
@Tag("guarded")
class GuardedTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final TestAuthority authority = TestAuthority.create();

	private static final Map<String, SSLContext> clients = Map.of("nobody", authority.sslContext(), "user",
			authority.client("user.example.org").sslContext(authority), "admin",
			authority.client(GuardedController.ADMIN).sslContext(authority), "named",
			authority.client("a.admin.example.org").sslContext(authority));

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(GuardedApplication.class,
				ServerFiles.write(authority, directory).properties("mtls.server.client-auth=want"));
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
			GET     | /guarded/any        | 401 | 200 | 200 | 200
			HEAD    | /guarded/any        | 401 | 200 | 200 | 200
			OPTIONS | /guarded/any        | 401 | 200 | 200 | 200
			GET     | /guarded/admin      | 401 | 403 | 200 | 200
			HEAD    | /guarded/admin      | 401 | 403 | 200 | 200
			OPTIONS | /guarded/admin      | 401 | 403 | 200 | 200
			GET     | /guarded/later      | 401 | 403 | 200 | 403
			POST    | /guarded/body       | 401 | 403 | 200 | 403
			GET     | /guarded/address    | 401 | 200 | 200 | 200
			GET     | /functional/peer    | 401 | 200 | 200 | 200
			GET     | /functional/address | 200 | 200 | 200 | 200
			""")
	void requestIsServedToWhomTheAnnotationAllows(String method, String path, int nobody, int user, int admin,
			int named) throws Exception {
		for (Map.Entry<String, Integer> expected : Map
			.of("nobody", nobody, "user", user, "admin", admin, "named", named)
			.entrySet()) {
			int before = controller().reached();
			HttpResponse<String> response = send(expected.getKey(), request(path).method(method, method.equals("POST")
					? HttpRequest.BodyPublishers.ofString("text") : HttpRequest.BodyPublishers.noBody()));
			assertThat(response.statusCode()).as(expected.getKey()).isEqualTo(expected.getValue());
			if (response.statusCode() != 200) {
				assertThat(controller().reached()).as(expected.getKey()).isEqualTo(before);
				assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "nobody, 401, Unauthorized, certificate-missing", "user, 403, Forbidden, identity-not-allowed" })
	void requestWhenRefusedIsAnsweredWithTheProblemAndTold(String client, int status, String title, String reason)
			throws Exception {
		HttpResponse<String> response = send(client, request("/guarded/admin"));
		assertThat(response.body()).isEqualTo("""
				{"type":"about:blank","title":"%s","status":%d,"reason":"%s","help":"docs/troubleshooting.md#%s"}"""
			.formatted(title, status, reason, reason));
		MtlsEvent.PeerRefused refused = server.events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason().code()).isEqualTo(reason);
		assertThat(refused.address()).isEqualTo(InetAddress.getLoopbackAddress());
		assertThat(refused.identity() != null).isEqualTo(client.equals("user"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "multipart/form-data; boundary=b" })
	void requestWhenRefusedIsAnsweredBeforeItsBodyIsSent(String contentType) throws Exception {
		try (SSLSocket socket = (SSLSocket) context("user").getSocketFactory()
			.createSocket("127.0.0.1", server.port())) {
			socket.setSoTimeout((int) BOUND.toMillis());
			socket.getOutputStream()
				.write("POST /guarded/body HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n"
					.formatted(contentType)
					.getBytes(StandardCharsets.US_ASCII));
			byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 403".length());
			assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 403");
		}
	}

	@Test
	void preflightIsAnsweredBySpring() throws Exception {
		try (SSLSocket socket = (SSLSocket) context("nobody").getSocketFactory()
			.createSocket("127.0.0.1", server.port())) {
			socket.setSoTimeout((int) BOUND.toMillis());
			socket.getOutputStream().write("""
					OPTIONS /guarded/any HTTP/1.0\r
					Host: localhost\r
					Origin: https://example.org\r
					Access-Control-Request-Method: GET\r
					\r
					""".getBytes(StandardCharsets.US_ASCII));
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(response).matches("(?s)HTTP/1.[01] 200 .*")
				.containsIgnoringCase("Access-Control-Allow-Origin: https://example.org");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/guarded/address", "/functional/address" })
	void addressIsThatOfTheConnectionWhateverAHeaderSays(String path) throws Exception {
		HttpResponse<String> response = send("user",
				request(path).header("X-Forwarded-For", "192.0.2.1").header("Forwarded", "for=192.0.2.1"));
		assertThat(response.body()).isEqualTo("127.0.0.1");
	}

	@Test
	void functionalEndpointKnowsWhoThePeerIs() throws Exception {
		assertThat(send("admin", request("/functional/peer")).body()).isEqualTo(GuardedController.ADMIN);
		assertThat(send("nobody", request("/functional/peer")).body()).contains("\"reason\":\"certificate-missing\"");
	}

	@ParameterizedTest
	@CsvSource({ "nobody, anonymous", "user, user.example.org", "admin, spiffe://example.org/admin" })
	void webSocketKnowsWhoThePeerIs(String client, String name) throws Exception {
		assertThat(askSocket(client, "/socket/peer")).isEqualTo("RequestPeer[%s, /127.0.0.1]".formatted(name));
	}

	@Test
	void webSocketWhenItsHandlerRequiresAnotherPeerIsRefusedInTheHandshake() throws Exception {
		assertThat(askSocket("admin", "/socket/admin")).contains(GuardedController.ADMIN);
		for (Map.Entry<String, Integer> status : Map.of("nobody", 401, "user", 403).entrySet()) {
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> askSocket(status.getKey(), "/socket/admin"))
				.withCauseInstanceOf(WebSocketHandshakeException.class)
				.satisfies((ex) -> assertThat(
						((WebSocketHandshakeException) Objects.requireNonNull(ex.getCause())).getResponse()
							.statusCode())
					.isEqualTo(status.getValue()));
		}
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isIn(Reason.CERTIFICATE_MISSING,
				Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	@DisabledIfSystemProperty(named = "mtls.test.server", matches = "netty", disabledReason = "STOMP is for servlets")
	void messageHandlerKnowsWhoThePeerIs() throws Exception {
		Answer answer = new Answer("\n\nspiffe");
		WebSocket socket = connect("admin", "/stomp", answer);
		try {
			for (String frame : new String[] { "CONNECT\naccept-version:1.2\nhost:localhost\n\n\0",
					"SUBSCRIBE\nid:1\ndestination:/app/peer\n\n\0" }) {
				socket.sendText(frame, true).orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS).join();
			}
			assertThat(answer.text.get(BOUND.toMillis(), TimeUnit.MILLISECONDS)).startsWith("MESSAGE\n")
				.contains("\n\nspiffe://example.org/admin at 127.0.0.1\0");
		}
		finally {
			socket.abort();
		}
	}

	private static GuardedController controller() {
		return server.bean(GuardedController.class);
	}

	private static SSLContext context(String client) {
		return Objects.requireNonNull(clients.get(client));
	}

	private static HttpClient http(String client) {
		return HttpClient.newBuilder().sslContext(context(client)).build();
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(server.uri(path)).timeout(BOUND);
	}

	private static HttpResponse<String> send(String client, HttpRequest.Builder request)
			throws IOException, InterruptedException {
		return http(client).send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String askSocket(String client, String path) throws Exception {
		Answer answer = new Answer("");
		WebSocket socket = connect(client, path, answer);
		try {
			return answer.text.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
		}
		finally {
			socket.abort();
		}
	}

	private static WebSocket connect(String client, String path, Answer answer) {
		return http(client).newWebSocketBuilder()
			.buildAsync(URI.create("wss://127.0.0.1:%d%s".formatted(server.port(), path)), answer)
			.orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
			.join();
	}

	/**
	 * The first message of a server that contains a text.
	 */
	private static final class Answer implements WebSocket.Listener {

		private final CompletableFuture<String> text = new CompletableFuture<>();

		private final String awaited;

		private Answer(String awaited) {
			this.awaited = awaited;
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
			if (part.toString().contains(this.awaited)) {
				this.text.complete(part.toString());
			}
			socket.request(1);
			return null;
		}

	}

}
