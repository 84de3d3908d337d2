package dev.mtls.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for servers that believe headers about addresses themselves
 * ({@code server.forward-headers-strategy=native}), beside the PROXY protocol: what is
 * decided on is the address that the proxy told.
 */
@Tag("servers")
@DisabledIfSystemProperty(named = "mtls.test.server", matches = "tomcat",
		disabledReason = "Tomcat has no PROXY protocol")
class BelievedHeaderTests {

	private static final String CLIENT = "api.example.com";

	private static final int TIMEOUT_MILLIS = 20_000;

	private static final TestAuthority authority = TestAuthority.create();

	private static final SSLContext context = authority.client(CLIENT).sslContext(authority);

	private static TestServer server;

	@BeforeAll
	static void start(@TempDir Path directory) {
		// With excluded paths a filter decides on each request once more
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("server.forward-headers-strategy=native",
					"mtls.server.proxy-protocol.proxy-networks=127.0.0.0/8",
					"mtls.server.allowed-networks=203.0.113.0/24", "mtls.server.excluded-paths=/optional/name"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "X-Forwarded-For, 203.0.113.66", "X-Forwarded-For, 198.51.100.66", "Forwarded, for=203.0.113.66",
			"Forwarded, for=198.51.100.66" })
	void addressIsTheOneThatTheProxyTellsWhateverHeadersSay(String name, String value) throws IOException {
		assertThat(get("/address", "%s: %s".formatted(name, value))).startsWith("HTTP/1.1 200")
			.contains("\r\n203.0.113.7");
	}

	private static String get(String path, String field) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.getOutputStream().write(ascii("PROXY TCP4 203.0.113.7 198.51.100.1 56324 443\r\n"));
			try (SSLSocket tls = (SSLSocket) context.getSocketFactory()
				.createSocket(socket, "localhost", server.port(), true)) {
				tls.getOutputStream()
					.write(ascii("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n\r\n".formatted(path,
							field)));
				return new String(tls.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			}
		}
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
