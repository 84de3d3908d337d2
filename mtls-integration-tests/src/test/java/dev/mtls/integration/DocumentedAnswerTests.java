package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.decision.Reason;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a refused request is answered as {@code docs/troubleshooting.md} shows it.
 */
@Tag("servers")
class DocumentedAnswerTests {

	private static final Path PAGE = Path.of("..", "docs", "troubleshooting.md");

	private static final Pattern ANSWER = Pattern.compile("```json\\n(.*)\\n```");

	private static final TestAuthority authority = TestAuthority.create();

	@TempDir
	static Path directory;

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.start(ServerFiles.write(authority, directory)
			.properties("mtls.server.excluded-paths=/optional/name", "mtls.server.allowed-clients=api.example.com",
					"mtls.server.rate-limit.permits=1", "mtls.server.rate-limit.period=1h",
					"mtls.server.rate-limit.burst=1"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void requestWithoutCertificate() throws IOException {
		assertAnswered(get(authority.sslContext()), 401, Reason.CERTIFICATE_MISSING);
	}

	@Test
	void requestOfAPeerThatIsNotListed() throws IOException {
		assertAnswered(get(client("other.example.com")), 403, Reason.IDENTITY_NOT_ALLOWED);
	}

	@Test
	void requestThatIsOneTooMany() throws IOException {
		SSLContext client = client("api.example.com");
		assertThat(get(client).status()).isEqualTo(200);
		assertAnswered(get(client), 429, Reason.REQUEST_RATE);
	}

	@Test
	void thereAreNoOtherAnswers() throws IOException {
		assertThat(answers()).hasSize(3);
	}

	private static void assertAnswered(TlsClient.Response response, int status, Reason reason) throws IOException {
		assertThat(response.status()).isEqualTo(status);
		assertThat(answers()).filteredOn((answer) -> answer.contains("\"%s\"".formatted(reason.code())))
			.containsExactly(response.body());
	}

	private static TlsClient.Response get(SSLContext context) throws IOException {
		return new TlsClient(context, "TLSv1.3").get(server.port(), "/peer");
	}

	private static SSLContext client(String name) {
		return authority.client(name).sslContext(authority);
	}

	private static List<String> answers() throws IOException {
		return ANSWER.matcher(Files.readString(PAGE)).results().map((answer) -> answer.group(1)).toList();
	}

}
