package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.Reason;
import dev.mtls.event.MtlsEvent;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for a gate that only reports what its rules refuse.
 */
@Tag("servers")
class ReportOnlyTests {

	private static final TestAuthority authority = TestAuthority.create();

	private static final String CLIENT = "api.example.com";

	private static final SSLContext client = authority.client(CLIENT).sslContext(authority);

	@TempDir
	static Path directory;

	private static Path killSwitch;

	private static TestServer server;

	@BeforeAll
	static void start() {
		killSwitch = directory.resolve("kill");
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.mode=report-only", "mtls.server.allowed-clients=other.example.com",
					"mtls.server.allowed-networks=127.0.0.1", "mtls.reload.interval=100ms",
					"mtls.kill-switch=file:" + killSwitch));
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
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void clientWhenItsNameIsNotListedGetsInAndIsReported(String protocol) throws IOException {
		assertThat(get(client, protocol)).isEqualTo(CLIENT);
		MtlsEvent.RefusalReported reported = server.events().await(MtlsEvent.RefusalReported.class);
		assertThat(reported.reason()).isEqualTo(Reason.IDENTITY_NOT_ALLOWED);
		assertThat(reported.address()).isEqualTo(InetAddress.getLoopbackAddress());
		assertThat(reported.identity()).isNotNull();
	}

	@Test
	void clientWhenItsAuthorityIsNotTrustedIsRefused() {
		assertThatIOException()
			.isThrownBy(() -> get(TestAuthority.create().client(CLIENT).sslContext(authority), "TLSv1.3"));
		assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
	}

	@Test
	void clientWhenTheKillSwitchIsEngagedIsRefusedAndCut() throws IOException {
		try (Connection connection = Connection.open(client, "TLSv1.3", server.port())) {
			assertThat(connection.get("/peer")).isEqualTo(CLIENT);
			Files.createFile(killSwitch);
			connection.awaitEnd();
			assertThat(server.events().await(MtlsEvent.ConnectionCut.class).reason()).isEqualTo(Reason.KILL_SWITCH);
			assertThatIOException().isThrownBy(() -> get(client, "TLSv1.3"));
			assertThat(server.events().await(MtlsEvent.PeerRefused.class).reason()).isEqualTo(Reason.KILL_SWITCH);
		}
		finally {
			Files.delete(killSwitch);
			server.events().await(MtlsEvent.KillSwitchChanged.class, (changed) -> !changed.engaged());
		}
	}

	private static String get(SSLContext context, String protocol) throws IOException {
		try (Connection connection = Connection.open(context, protocol, server.port())) {
			return connection.get("/peer");
		}
	}

}
