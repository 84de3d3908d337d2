package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for paths that need no certificate, asked for by proxies and past them.
 */
@Tag("servers")
class ForwardedPathTests {

	private static final String CLIENT = "api.example.com";

	private static final String EXCLUDED = "/optional/name";

	private static final String OTHER = "/optional/identity";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate client = authority.client(CLIENT);

	private static final SSLContext proxy = authority.client("proxy.example.com").sslContext(authority);

	private static final SSLContext withoutCertificate = authority.sslContext();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.excluded-paths=" + EXCLUDED, "mtls.server.allowed-clients=dns:" + CLIENT,
					"mtls.server.allowed-networks=127.0.0.1,203.0.113.0/24", "mtls.server.forwarded.format=rfc9440",
					"mtls.server.forwarded.proxies=dns:proxy.example.com"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void proxyWithoutClientIsServedWhereNoCertificateIsNeeded() throws IOException {
		TlsClient.Response response = get(proxy, EXCLUDED, from("203.0.113.7"));
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).as("who is anonymous, and not the proxy").isEqualTo(ClientCertController.NOTHING);
	}

	@Test
	void proxyWithoutClientIsRefusedElsewhere() throws IOException {
		assertRefused(get(proxy, OTHER, from("203.0.113.7")), 401, "certificate-missing");
	}

	@Test
	void proxyWithoutClientIsHeldToTheNetworksOfClients() throws IOException {
		assertRefused(get(proxy, EXCLUDED, from("198.51.100.1")), 403, "address-not-allowed");
		assertRefused(get(proxy, EXCLUDED), 403, "address-not-allowed");
	}

	@Test
	void clientBehindAProxyIsItselfOnEveryPath() throws IOException {
		assertThat(get(proxy, EXCLUDED, from("203.0.113.7"), forwarded(client)).body()).isEqualTo("name " + CLIENT);
		assertThat(get(proxy, OTHER, from("203.0.113.7"), forwarded(client)).status()).isEqualTo(200);
	}

	@Test
	void clientBehindAProxyThatIsNotAdmittedIsRefusedOnEveryPath() throws IOException {
		String other = forwarded(authority.client("other.example.com"));
		assertRefused(get(proxy, EXCLUDED, from("203.0.113.7"), other), 403, "identity-not-allowed");
		assertRefused(get(proxy, EXCLUDED, from("203.0.113.7"), "Client-Cert: forged"), 403, "certificate-malformed");
		assertRefused(get(proxy, EXCLUDED, from("203.0.113.7"), "Client-Cert:"), 403, "certificate-malformed");
	}

	@Test
	void peerWithoutCertificateIsServedOnlyWhereItNeedsNone() throws IOException {
		assertThat(get(withoutCertificate, EXCLUDED).body()).isEqualTo(ClientCertController.NOTHING);
		assertRefused(get(withoutCertificate, OTHER), 401, "certificate-missing");
		assertRefused(get(withoutCertificate, OTHER, from("203.0.113.7"), forwarded(client)), 401,
				"certificate-missing");
		assertThat(get(withoutCertificate, EXCLUDED, from("203.0.113.7"), forwarded(client)).body())
			.isEqualTo(ClientCertController.NOTHING);
	}

	@Test
	void clientIsServedOnEveryPath() throws IOException {
		SSLContext context = client.sslContext(authority);
		assertThat(get(context, OTHER).status()).isEqualTo(200);
		assertThat(get(context, EXCLUDED).body()).isEqualTo("name " + CLIENT);
		SSLContext other = authority.client("other.example.com").sslContext(authority);
		assertRefused(get(other, EXCLUDED), 403, "identity-not-allowed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/optional/name/", "/optional//name", "/optional/%6eame", "/optional/name;x=1",
			"/optional/./name", "/optional/x/../name", "//optional/name", "/optional/..;/optional/name" })
	void pathThatLooksLikeAnExcludedOneIsNotServed(String path) throws IOException {
		assertThat(get(proxy, path, from("203.0.113.7")).status()).isIn(400, 401);
		assertThat(get(withoutCertificate, path).status()).isIn(400, 401);
		assertThat(get(withoutCertificate, path, "X-Forwarded-Prefix: /optional/name").status()).isIn(400, 401);
	}

	private static TlsClient.Response get(SSLContext context, String path, String... headers) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(null, server.port(), path, List.of(headers));
	}

	private static void assertRefused(TlsClient.Response response, int status, String reason) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason));
	}

	private static String from(String address) {
		return "X-Forwarded-For: " + address;
	}

	private static String forwarded(TestCertificate certificate) throws IOException {
		try {
			return "Client-Cert: :%s:"
				.formatted(Base64.getEncoder().encodeToString(certificate.certificate().getEncoded()));
		}
		catch (CertificateEncodingException ex) {
			throw new IOException(ex);
		}
	}

}
