package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.WebServer;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the class path: that the server and the TLS engine that are meant to be
 * tested are those that run.
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

	@Test
	@EnabledIfSystemProperty(named = "mtls.test.server", matches = "netty")
	void engineIsTheOneOfThisRun(@TempDir Path directory) throws IOException {
		TestAuthority authority = TestAuthority.create();
		try (TestServer server = TestServer.start(ServerFiles.write(authority, directory).properties())) {
			new TlsClient(authority.client("api.example.com").sslContext(authority), "TLSv1.3").get(server.port(),
					"/peer");
			boolean nativeEngine = "openssl".equals(System.getProperty("mtls.test.engine"));
			assertThat(server.bean(NettyEngine.class).names()).singleElement()
				.asString()
				.startsWith("io.netty.handler.ssl." + (nativeEngine ? "OpenSsl" : "Jdk"));
		}
	}

}
