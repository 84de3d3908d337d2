package dev.mtls.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleApplication}, called with the development certificates that it
 * has made itself.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "mtls.dev.directory=target/dev-certificates")
class SampleApplicationTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	private static final Path DIRECTORY = Path.of("target", "dev-certificates");

	@LocalServerPort
	private int port;

	@Test
	void whoAmIWhenCalledTellsWhatTheCertificateSays() throws Exception {
		HttpResponse<String> response = send(client(), request("/whoami"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.body()).startsWith("{\"name\":\"spiffe://dev.local/client\",\"subject\":\"CN=dev-client\",")
			.contains("\"dnsNames\":[\"client.dev.local\"],\"uris\":[\"spiffe://dev.local/client\"],",
					"\"spiffeId\":\"spiffe://dev.local/client\",\"serialNumber\":\"", "\",\"fingerprint\":\"",
					"\",\"notAfter\":\"")
			.endsWith("\",\"address\":\"127.0.0.1\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/json", "application/x-www-form-urlencoded" })
	void echoWhenPostedReturnsTheBody(String type) throws Exception {
		HttpRequest.Builder request = request("/echo").header("Content-Type", type)
			.POST(HttpRequest.BodyPublishers.ofString("b=2&a c=%C3%A4"));
		HttpResponse<String> response = send(client(), request);
		assertThat(response.body()).isEqualTo("b=2&a c=%C3%A4");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
	}

	@Test
	void relayWhenCalledReturnsWhatTheInnerCallSaw() throws Exception {
		HttpResponse<String> response = send(client(), request("/relay"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).startsWith("{\"name\":\"spiffe://dev.local/client\",");
	}

	@Test
	void reportWhenAnAdministratorAsksIsGiven() throws Exception {
		HttpResponse<String> response = send(client("admin"), request("/admin/report"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body())
			.startsWith("{\"requestedBy\":\"spiffe://dev.local/admin\",\"address\":\"127.0.0.1\",\"javaVersion\":\"");
	}

	@Test
	void reportWhenAnotherClientAsksIsForbidden() throws Exception {
		HttpResponse<String> response = send(client(), request("/admin/report"));
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"reason\":\"identity-not-allowed\"");
	}

	@Test
	void socketWhenToldSomethingSaysItWithTheName() throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		WebSocket socket = client().newWebSocketBuilder()
			.buildAsync(URI.create("wss://127.0.0.1:%d/ws/echo".formatted(this.port)), new WebSocket.Listener() {

				@Override
				public @Nullable CompletionStage<?> onText(WebSocket any, CharSequence text, boolean last) {
					answer.complete(text.toString());
					return null;
				}

			})
			.get(20, TimeUnit.SECONDS);
		socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
		assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("spiffe://dev.local/client: hello");
		socket.abort();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/whoami", "/relay", "/admin/report", "/ws/echo", "/unknown", "/public/../whoami",
			"/public/%2e%2e/whoami", "/public;/ping" })
	void requestWhenThereIsNoCertificateIsUnauthorized(String path) throws Exception {
		HttpResponse<String> response = send(stranger(), request(path));
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"reason\":\"certificate-missing\"");
	}

	@Test
	void pingNeedsNoCertificate() throws Exception {
		for (HttpClient client : List.of(stranger(), client())) {
			HttpResponse<String> response = send(client, request("/public/ping"));
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("pong");
		}
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(this.port, path)));
	}

	private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
			throws IOException, InterruptedException {
		return client.send(request.build(), BodyHandlers.ofString());
	}

	private static HttpClient client() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance(DIRECTORY.resolve("client.p12").toFile(), PASSWORD);
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD);
		return client(keys);
	}

	private static HttpClient client(String name) throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		PemContent content = PemContent.load(DIRECTORY.resolve(name + ".key"));
		List<X509Certificate> chain = PemContent.load(DIRECTORY.resolve(name + ".crt")).getCertificates();
		store.setKeyEntry(name, content.getPrivateKey(), PASSWORD, chain.toArray(Certificate[]::new));
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD);
		return client(keys);
	}

	private static HttpClient stranger() throws GeneralSecurityException, IOException {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(null, null);
		return client(keys);
	}

	private static HttpClient client(KeyManagerFactory keys) throws GeneralSecurityException, IOException {
		KeyStore anchors = KeyStore.getInstance("PKCS12");
		anchors.load(null, null);
		anchors.setCertificateEntry("ca", certificate(DIRECTORY.resolve("ca.crt")));
		TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
		trust.init(anchors);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return HttpClient.newBuilder().sslContext(context).build();
	}

	private static Certificate certificate(Path file) throws GeneralSecurityException, IOException {
		try (InputStream input = Files.newInputStream(file)) {
			return CertificateFactory.getInstance("X.509").generateCertificate(input);
		}
	}

}
