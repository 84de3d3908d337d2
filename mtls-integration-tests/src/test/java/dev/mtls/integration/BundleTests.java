package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for a server that takes its material from a bundle of Spring Boot's, and for what
 * Spring Boot does with bundles while it runs.
 */
class BundleTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestAuthority stranger = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		ServerFiles.write(authority, directory);
		ServerFiles.write(stranger, directory.resolve("other"));
		server = TestServer.start("mtls.server.bundle=web", "mtls.server.allowed-clients=" + CLIENT,
				"spring.ssl.bundle.pem.web.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=50ms",
				"spring.ssl.bundle.pem.web.keystore.certificate=" + directory.resolve("server.crt"),
				"spring.ssl.bundle.pem.web.keystore.private-key=" + directory.resolve("server.key"),
				"spring.ssl.bundle.pem.web.truststore.certificate=" + directory.resolve("ca.crt"),
				"spring.ssl.bundle.pem.other.keystore.certificate=" + directory.resolve("other/server.crt"),
				"spring.ssl.bundle.pem.other.keystore.private-key=" + directory.resolve("other/server.key"),
				"spring.ssl.bundle.pem.other.truststore.certificate=" + directory.resolve("other/ca.crt"));
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
	void serverWhenItsBundleIsUpdatedTakesItAndKeepsTheGate() throws IOException {
		assertGateHolds();
		TestCertificate next = authority.server();
		next.writeTo(directory, "server");
		server.events().await(MtlsEvent.Reloaded.class);
		assertThat(assertGateHolds()).isEqualTo(next.certificate());
	}

	@Test
	void serverWhenTheGatesBundleIsUpdatedKeepsTheGate() throws IOException {
		X509Certificate before = assertGateHolds();
		SslBundles bundles = server.bean(SslBundles.class);
		server.bean(SslBundleRegistry.class).updateBundle("mtls-server", bundles.getBundle("mtls-server"));
		assertThat(assertGateHolds()).isEqualTo(before);
	}

	@Test
	void serverWhenTheGatesBundleIsReplacedKeepsTheGate() throws IOException {
		X509Certificate before = assertGateHolds();
		SslBundles bundles = server.bean(SslBundles.class);
		server.bean(SslBundleRegistry.class).updateBundle("mtls-server", bundles.getBundle("other"));
		assertThat(assertGateHolds()).isEqualTo(before);
	}

	private static X509Certificate assertGateHolds() throws IOException {
		TlsClient.Response response = get(authority.client(CLIENT).sslContext(authority));
		assertThat(response.body()).isEqualTo(CLIENT);
		server.events().await(MtlsEvent.PeerAdmitted.class);
		assertRefused(authority.client("other.example.com").sslContext(authority), Reason.IDENTITY_NOT_ALLOWED);
		assertRefused(stranger.client(CLIENT).sslContext(authority), Reason.ISSUER_UNKNOWN);
		assertRefused(authority.sslContext(), Reason.CERTIFICATE_MISSING);
		return response.server();
	}

	private static void assertRefused(SSLContext context, Reason reason) {
		assertThatIOException().isThrownBy(() -> get(context));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(reason);
	}

	private static TlsClient.Response get(SSLContext context) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(server.port(), "/peer");
	}

}
