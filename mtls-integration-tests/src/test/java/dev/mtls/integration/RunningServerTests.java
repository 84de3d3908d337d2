package dev.mtls.integration;

import java.nio.file.Path;
import java.util.Locale;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.WebServer;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the class path: that the server that is meant to be tested is the one that
 * runs.
 */
@Tag("servers")
class RunningServerTests {

	@Test
	void webServerIsTheOneOfThisRun(@TempDir Path directory) {
		try (TestServer server = TestServer.start(ServerFiles.write(TestAuthority.create(), directory).properties())) {
			WebServer webServer = server.webServer();
			assertThat(webServer.getClass().getSimpleName().toLowerCase(Locale.ROOT)).startsWith(TestServer.expected());
		}
	}

}
