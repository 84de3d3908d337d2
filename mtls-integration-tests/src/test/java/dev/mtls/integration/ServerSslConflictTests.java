package dev.mtls.integration;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.mtls.decision.MtlsException;
import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@code server.ssl} beside {@code mtls.server}, of which only one can set up
 * the server.
 */
class ServerSslConflictTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "server.ssl.bundle=web", "server.ssl.client-auth=none",
			"server.ssl.server-name-bundles[0].server-name=localhost" })
	void startWhenServerSslIsSetFails(String property) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> start(property).close())
			.havingRootCause()
			.isInstanceOfSatisfying(MtlsException.class, (ex) -> {
				assertThat(ex.reason()).isEqualTo(Reason.CONFIGURATION_CONFLICT);
				assertThat(ex.place()).isEqualTo("server.ssl");
			});
	}

	@Test
	void startWhenServerSslIsDisabledSucceeds() {
		try (TestServer server = start("server.ssl.enabled=false")) {
			assertThat(server.port()).isPositive();
		}
	}

	private TestServer start(String property) {
		return TestServer.start(ServerFiles.write(TestAuthority.create(), this.directory).properties(property));
	}

}
