package dev.mtls.integration;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for headers that only a proxy may send, from a peer that is none, with nothing
 * configured but the gate.
 */
@Tag("servers")
class ForgedHeaderTests {

	private static final String CLIENT = "api.example.com";

	private static final String FORGED = "forged";

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext context = authority.client(CLIENT).sslContext(authority);

	@TempDir
	static Path directory;

	private static TestServer server;

	private static TestServer withStrategy;

	@BeforeAll
	static void start() {
		ServerFiles files = ServerFiles.write(authority, directory);
		server = TestServer.start(files.properties());
		withStrategy = TestServer.start(files.properties("server.forward-headers-strategy=none"));
	}

	@AfterAll
	static void stop() {
		server.close();
		withStrategy.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Client-Cert", "Client-Cert-Chain", "Client-Certificate", "X-Forwarded-Client-Cert",
			"X-Client-Cert", "X-Client-Cert-Present", "X-Client-Verify", "X-Client-DN", "X-SSL-Client-Cert",
			"X-SSL-Client-Verify", "X-SSL-Client-S-DN", "X-SSL-Issuer", "SSL-Client-Cert", "SSL-Client-Verify",
			"SSL-Client-Subject-DN", "X-Amzn-Mtls-Clientcert", "X-Amzn-Mtls-Clientcert-Leaf",
			"X-Amzn-Mtls-Clientcert-Subject", "X-Amzn-Mtls-Clientcert-Issuer", "X-Amzn-Mtls-Clientcert-Serial-Number",
			"X-Amzn-Mtls-Clientcert-Validity", "X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info",
			"X-ARR-ClientCert", "Cf-Client-Cert-Der-Base64", "WL-Proxy-Client-Cert", "CERT-CHAIN-0", "$WSCC",
			"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
			"X-Forwarded-Prefix", "X-Forwarded-By" })
	void headerInAnySpellingIsNeverSeen(String name) throws Exception {
		String mixed = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1).toUpperCase(Locale.ROOT);
		TlsClient.Response response = get(server, line(name), line(name), line(name.toUpperCase(Locale.ROOT)),
				line(name.toLowerCase(Locale.ROOT)), line(mixed), line(name.replace('-', '_')),
				line(name.replace('-', '_').toUpperCase(Locale.ROOT)), line(name.replaceFirst("-", "_")),
				line(name.replace("-", "")), line(name.replace('-', '.')), "X-Request-Id: kept");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).contains("kept").doesNotContain(FORGED);
		assertThat(server.bean(HeaderController.class).drainSeenByFilter()).isNotEmpty()
			.noneMatch((seen) -> plain(seen).equals(plain(name)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Client-Cert: a\r\n forged", "Client-Cert:\r\n\tforged",
			"X-Request-Id: a\r\n Client-Cert: b", "Client-Cert : forged", " Client-Cert: forged",
			"Client-Cert\t: forged", "Client-Cert:forged\0", "Client-Cert\u00ad: forged", "Clien\u00adt-Cert: forged",
			"X-Request-Id: a\nClient-Cert: forged", "X-Request-Id: a\rClient-Cert: forged" })
	void headerInAMalformedLineIsNeverSeen(String lines) throws Exception {
		TlsClient.Response response = get(server, lines);
		if (response.status() == 200) {
			assertThat(response.body()).doesNotContain(FORGED);
			assertThat(server.bean(HeaderController.class).drainSeenByFilter())
				.noneMatch((seen) -> plain(seen).contains("clientcert"));
		}
		else {
			assertThat(response.status()).isEqualTo(400);
		}
	}

	@Test
	void headerOverHttp2IsNeverSeen() throws Exception {
		HttpResponse<String> response = HttpClient.newBuilder()
			.sslContext(context)
			.build()
			.send(HttpRequest.newBuilder(server.uri("/headers"))
				.header("client-cert", FORGED)
				.header("x_forwarded_client_cert", FORGED)
				.header("x-forwarded-for", FORGED)
				.header("x-request-id", "kept")
				.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.body()).contains("kept").doesNotContain(FORGED);
	}

	@Test
	void headerIsNotBelieved() throws Exception {
		TestAuthority other = TestAuthority.create();
		String certificate = other.client("admin.example.com").certificatePem().replace("\n", "%0A");
		TlsClient.Response response = new TlsClient(context, "TLSv1.3").get(null, server.port(), "/peer",
				List.of("X-Client-Cert: " + certificate, "X-Forwarded-Client-Cert: Cert=\"" + certificate + '"',
						"X-Amzn-Mtls-Clientcert: " + certificate));
		assertThat(response.body()).isEqualTo(CLIENT);
	}

	@Test
	void headerAboutTheAddressIsLeftToTheStrategyThatIsSet() throws Exception {
		TlsClient.Response response = get(withStrategy, "X-Forwarded-For: left", "Forwarded: for=left",
				line("X-Forwarded-Client-Cert"), line("X-Forwarded-Tls-Client-Cert-Info"), line("Client-Cert"));
		assertThat(response.body()).contains("X-Forwarded-For", "for=left").doesNotContain(FORGED);
	}

	private static TlsClient.Response get(TestServer server, String... lines) throws Exception {
		return new TlsClient(context, "TLSv1.3").get(null, server.port(), "/headers", List.of(lines));
	}

	private static String line(String name) {
		return name + ": " + FORGED;
	}

	private static String plain(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

}
