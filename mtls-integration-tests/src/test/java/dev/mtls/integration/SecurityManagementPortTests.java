package dev.mtls.integration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the chain of Spring Security that is there by default, at a management port
 * of its own.
 */
@Tag("security")
class SecurityManagementPortTests {

	private final TestAuthority authority = TestAuthority.create();

	@TempDir
	Path directory;

	@Test
	void defaultChainAtAPlainPortLeavesHealthOpenAlone() throws Exception {
		String[] properties = ServerFiles.write(this.authority, this.directory)
			.properties("server.shutdown=immediate", "management.server.port=0",
					"management.endpoints.web.exposure.include=*");
		try (TestServer server = TestServer.start(UnchainedApplication.class, properties)) {
			assertThat(get(server, "/health").statusCode()).isEqualTo(200);
			for (String path : new String[] { "", "/env", "/healthy", "/shutdown" }) {
				assertThat(get(server, path).statusCode()).isEqualTo(401);
			}
		}
	}

	private static HttpResponse<String> get(TestServer server, String path) throws IOException, InterruptedException {
		String port = server.bean(Environment.class).getProperty("local.management.port");
		URI uri = URI.create("http://127.0.0.1:%s/actuator%s".formatted(port, path));
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

}
