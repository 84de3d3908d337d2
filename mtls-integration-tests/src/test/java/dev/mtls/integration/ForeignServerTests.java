package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.gate.Gate;
import dev.mtls.gate.KillSwitch;
import dev.mtls.test.TestAuthority;
import dev.mtls.test.TestCertificate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application behind a server that it does not start, whose TLS lets in more
 * than the application does: a WAR in Tomcat, and a handler of WebFlux in Reactor Netty.
 */
@Tag("servers")
@DisabledIfSystemProperty(named = "mtls.test.server", matches = "jetty")
class ForeignServerTests {

	private static final String CLIENT = "api.example.com";

	private static final TestAuthority authority = TestAuthority.create();

	private static final TestAuthority otherAuthority = TestAuthority.create();

	private static final TestCertificate client = authority.client(CLIENT);

	@TempDir
	static Path directory;

	private static MountedFiles files;

	private static ForeignServer server;

	@BeforeAll
	static void start() throws Exception {
		files = new MountedFiles(directory);
		files.swap(allowed(CLIENT));
		files.swap(Map.of("trust.crt", authority.anchorPem()));
		List<String> properties = List.of("mtls.server.trust-certificates=file:" + files.path("trust.crt"),
				"mtls.server.allowed-clients=file:" + files.path("clients"), "mtls.server.allowed-networks=127.0.0.1",
				"mtls.reload.interval=50ms", "spring.main.banner-mode=off", "logging.level.root=error");
		List<TestAuthority> trusted = List.of(authority, otherAuthority);
		server = TestServer.expected().equals("netty") ? ForeignNetty.start(authority.server(), trusted, properties)
				: ForeignTomcat.start(directory, authority.server(), trusted, properties);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		events().drain();
	}

	@Test
	void peerWhenAdmittedIsServed() throws IOException {
		TlsClient.Response response = get(client, "127.0.0.1");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(CLIENT);
		assertThat(server.bean(Gate.class).snapshot().key()).isNull();
	}

	@Test
	void peerWhenItsNameIsNotListedIsForbidden() throws IOException {
		assertRefused(get(authority.client("other.example.com"), "127.0.0.1"), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void peerWhenItsAddressIsNotListedIsForbidden() throws IOException {
		assertRefused(get(client, "127.0.0.2"), 403, Reason.ADDRESS_NOT_ALLOWED);
	}

	@Test
	void peerWhenItsAuthorityIsTrustedByTheServerOnlyIsForbidden() throws IOException {
		assertRefused(get(otherAuthority.client(CLIENT), "127.0.0.1"), 403, Reason.ISSUER_UNKNOWN);
	}

	@Test
	void peerWhenThereIsNoCertificateIsUnauthorized() throws IOException {
		assertRefused(get(null, "127.0.0.1"), 401, Reason.CERTIFICATE_MISSING);
	}

	@Test
	void peerWhenItForgesWhatAProxyWouldSendIsServedWithout() throws IOException {
		TlsClient tls = new TlsClient(client.sslContext(authority), "TLSv1.3");
		TlsClient.Response response = tls.get(null, server.port(), "/headers",
				List.of("Client-Cert: forged", "SSL_CLIENT_CERT: forged", "X-Forwarded-For: forged", "Accept: */*"));
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).contains("*/*").doesNotContain("forged");
	}

	@ParameterizedTest
	@EnumSource
	void liveConnectionAfterAChangeIsForbiddenUntilItIsReverted(Change change) throws IOException {
		try (Connection connection = Connection.open(client.sslContext(authority), "TLSv1.3", server.port())) {
			assertThat(connection.get("/peer")).isEqualTo(CLIENT);
			change.apply(true);
			try {
				assertThat(connection.get("/peer")).contains("\"status\":403", change.reason.code());
				assertRefused(get(client, "127.0.0.1"), 403, change.reason);
			}
			finally {
				change.apply(false);
			}
			assertThat(connection.get("/peer")).isEqualTo(CLIENT);
		}
	}

	private static void assertRefused(TlsClient.Response response, int status, Reason reason) {
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.body()).contains("\"reason\":\"%s\"".formatted(reason.code()));
		MtlsEvent.PeerRefused refused = events().await(MtlsEvent.PeerRefused.class);
		assertThat(refused.reason()).isEqualTo(reason);
		assertThat(refused.address()).isNotNull();
	}

	private static TlsClient.Response get(@Nullable TestCertificate certificate, String from) throws IOException {
		TlsClient tls = new TlsClient(
				(certificate != null) ? certificate.sslContext(authority) : authority.sslContext(), "TLSv1.3");
		return tls.get(InetAddress.getByName(from), server.port(), "/peer");
	}

	private static EventRecorder events() {
		return server.bean(EventRecorder.class);
	}

	private static Map<String, String> allowed(String name) {
		return Map.of("clients", name + "\n");
	}

	/**
	 * Something that refuses the peer, and what admits it again.
	 */
	enum Change {

		RULES(Reason.IDENTITY_NOT_ALLOWED) {

			@Override
			void apply(boolean refuse) {
				files.swap(allowed(refuse ? "other.example.com" : CLIENT));
				events().await(MtlsEvent.Reloaded.class);
			}

		},

		TRUST(Reason.ISSUER_UNKNOWN) {

			@Override
			void apply(boolean refuse) {
				files.swap(Map.of("trust.crt", (refuse ? otherAuthority : authority).anchorPem()));
				events().await(MtlsEvent.Reloaded.class);
			}

		},

		KILL_SWITCH(Reason.KILL_SWITCH) {

			@Override
			void apply(boolean refuse) {
				server.bean(KillSwitch.class).set(refuse);
			}

		};

		private final Reason reason;

		Change(Reason reason) {
			this.reason = reason;
		}

		abstract void apply(boolean refuse);

	}

}
