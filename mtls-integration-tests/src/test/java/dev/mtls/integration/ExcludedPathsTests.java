package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for paths that need no certificate, and for those that look like them.
 */
@Tag("servers")
class ExcludedPathsTests {

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext listed = authority.client("api.example.com").sslContext(authority);

	private static final SSLContext unlisted = authority.client("other.example.com").sslContext(authority);

	private static final SSLContext withoutCertificate = authority.sslContext();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.excluded-paths=/optional/name,/optional/*/shown",
					"mtls.server.exclude-probes=true", "mtls.server.allowed-clients=dns:api.example.com",
					"management.endpoint.health.probes.enabled=true"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void pathWhenExcludedNeedsNoCertificate() throws IOException {
		assertThat(get(withoutCertificate, "/optional/name").body()).isEqualTo(ClientCertController.NOTHING);
		assertThat(get(withoutCertificate, "/optional/name?any=1").status()).isEqualTo(200);
		assertThat(get(listed, "/optional/name").body()).isEqualTo("name api.example.com");
	}

	@Test
	void pathWhenNotExcludedNeedsCertificate() throws IOException {
		server.events().drain();
		TlsClient.Response response = get(withoutCertificate, "/optional/identity");
		assertThat(response.status()).isEqualTo(401);
		assertThat(response.body()).contains("\"reason\":\"certificate-missing\"");
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.CERTIFICATE_MISSING);
		assertThat(get(listed, "/optional/identity").status()).isEqualTo(200);
	}

	@Test
	void pathWhenExcludedRefusesCertificateThatIsNotListed() throws IOException {
		assertThat(get(unlisted, "/optional/name").status()).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/health/liveness", "/actuator/health/readiness" })
	void probesNeedNoCertificate(String path) throws IOException {
		assertThat(get(withoutCertificate, path).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/health", "/actuator", "/actuator/health/liveness/", "/actuator/health/other" })
	void otherEndpointsNeedCertificate(String path) throws IOException {
		assertThat(get(withoutCertificate, path).status()).isEqualTo(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/optional/name/", "/optional/name.", "/optional/name.json", "/Optional/name",
			"/optional/NAME", "/optional/%6eame", "/optional/nam%65", "/%6fptional/name", "/optional%2Fname",
			"/optional%2fname", "/optional/name%00", "/optional/name%20", "/optional/name%2e", "/optional/name%3b",
			"/optional/name%2F", "/optional/%256eame", "//optional/name", "/optional//name", "/optional/name//",
			"///optional/name", "/optional/./name", "/./optional/name", "/optional/name/.", "/optional/x/../name",
			"/optional/../optional/name", "/../optional/name", "/optional/name/..", "/optional/name/../identity",
			"/optional/identity/../name", "/optional/..;/optional/name", "/optional/.;/name", "/optional/%2e/name",
			"/optional/x/%2e%2e/name", "/optional/x/.%2E/name", "/optional/x/..%2fname", "/optional/x/..%5cname",
			"/optional\\name", "\\optional\\name", "/optional/name;", "/optional/name;x=1", "/optional;/name",
			"/optional;x=1/name", "/;/optional/name", "/;x/optional/name", "/optional/name;jsessionid=1",
			"/optional/name;/../identity", "/optional/;name", "/optional/name%3Bx=1", "/optional/name%09",
			"/optional/a%2fb/shown", "/optional/..%2f/shown", "/optional/a;b/shown", "/optional/../shown" })
	void pathThatLooksLikeAnExcludedOneIsNotServed(String path) throws IOException {
		// Some paths are refused by the server itself
		assertThat(get(withoutCertificate, path).status()).isIn(400, 401);
	}

	private static TlsClient.Response get(SSLContext context, String path) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(server.port(), path);
	}

}
