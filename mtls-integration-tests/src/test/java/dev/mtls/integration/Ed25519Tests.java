package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.authority.KeyType;
import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for Ed25519 keys, which the JDK's TLS engine can use and netty-tcnative cannot.
 */
@Tag("servers")
class Ed25519Tests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestCertificate ec = authority.server();

	private static final TestCertificate ed25519 = authority.server((request) -> request.keyType(KeyType.ED25519));

	private static final TestCertificate client = authority.client(CLIENT);

	private static final TestCertificate ed25519Client = authority
		.client((request) -> request.dns(CLIENT).keyType(KeyType.ED25519));

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void serverWithEd25519KeyIsTalkedTo(String protocol) throws IOException {
		try (TestServer server = start(ed25519)) {
			for (TestCertificate each : new TestCertificate[] { client, ed25519Client }) {
				TlsClient.Response response = get(server, each, protocol);
				assertThat(response.body()).isEqualTo(CLIENT);
				assertThat(response.server()).isEqualTo(ed25519.certificate());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void clientWithEd25519KeyGetsInUnlessTheEngineIsNative(String protocol) throws IOException {
		try (TestServer server = start(ec)) {
			if (!isNative()) {
				assertThat(get(server, ed25519Client, protocol).body()).isEqualTo(CLIENT);
				return;
			}
			// BoringSSL does not offer Ed25519, so that the client has no certificate to
			// show
			assertThatIOException().isThrownBy(() -> get(server, ed25519Client, protocol));
			assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason())
				.isEqualTo(Reason.CERTIFICATE_MISSING);
		}
	}

	@Test
	void keyThatIsReplacedByOneOfAnotherKindIsTaken() throws IOException {
		try (TestServer server = start(ec)) {
			assertThat(get(server, client, "TLSv1.3").server()).isEqualTo(ec.certificate());
			assertEngines(server, isNative() ? "OpenSsl" : "Jdk");
			ed25519.writeTo(this.directory, "server");
			server.events().await(MtlsEvent.Reloaded.class);
			assertThat(get(server, client, "TLSv1.3").server()).isEqualTo(ed25519.certificate());
			assertThat(get(server, ed25519Client, "TLSv1.3").server()).isEqualTo(ed25519.certificate());
			assertEngines(server, isNative() ? new String[] { "OpenSsl", "Jdk" } : new String[] { "Jdk" });
			ec.writeTo(this.directory, "server");
			server.events().await(MtlsEvent.Reloaded.class);
			assertThat(get(server, client, "TLSv1.2").server()).isEqualTo(ec.certificate());
		}
	}

	private TestServer start(TestCertificate certificate) {
		return TestServer
			.start(ServerFiles.write(authority, certificate, this.directory).properties("mtls.reload.interval=50ms"));
	}

	private static void assertEngines(TestServer server, String... engines) {
		if (TestServer.expected().equals("netty")) {
			assertThat(server.bean(NettyEngine.class).names()).hasSize(engines.length);
			for (String engine : engines) {
				assertThat(server.bean(NettyEngine.class).names())
					.anyMatch((name) -> name.startsWith("io.netty.handler.ssl." + engine));
			}
		}
	}

	private static boolean isNative() {
		return "openssl".equals(System.getProperty("mtls.test.engine"));
	}

	private static TlsClient.Response get(TestServer server, TestCertificate certificate, String protocol)
			throws IOException {
		return new TlsClient(certificate.sslContext(authority), protocol).get(server.port(), "/peer");
	}

}
