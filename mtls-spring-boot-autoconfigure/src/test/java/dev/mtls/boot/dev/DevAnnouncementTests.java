package dev.mtls.boot.dev;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DevAnnouncement}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DevAnnouncementTests {

	private static final Map<String, Object> KEY_AND_TRUST = Map.of("mtls.server.certificate", "a",
			"mtls.server.trust-certificates[0]", "b");

	@Test
	void commandWhenDirectoryIsPlainIsNotQuoted() {
		assertThat(new DevAnnouncement(Path.of("/home/me/.mtls"), "/whoami").command(8443))
			.isEqualTo("curl --cacert /home/me/.mtls/ca.crt --cert /home/me/.mtls/client.crt"
					+ " --key /home/me/.mtls/client.key https://localhost:8443/whoami");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
			/whoami | https://localhost:1/whoami
			whoami | https://localhost:1/whoami
			/ | https://localhost:1/
			/a?b=c&d=e | 'https://localhost:1/a?b=c&d=e'
			/it's | 'https://localhost:1/it'\\''s'
			""")
	void commandQuotesTheUrlWhereNeeded(String path, String url) {
		assertThat(new DevAnnouncement(Path.of("/d"), path).command(1)).endsWith(" " + url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "with space", "it's", "a$HOME`id`", "a;b&c|d", "\\back\\slash", "\"quoted\"",
			"ümlaut", "(a) [b] {c} *d* ~e #f !g", "-dash" })
	void commandWhenPastedIntoAShellNamesTheFiles(String name, @TempDir Path parent) throws Exception {
		Path directory = Files.createDirectory(parent.resolve(name));
		Path curl = parent.resolve("bin/curl");
		Files.createDirectory(curl.getParent());
		Files.writeString(curl, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
		assertThat(curl.toFile().setExecutable(true)).isTrue();
		assertThat(shell(parent, new DevAnnouncement(directory, "/a?b&c").command(8443))).containsExactly("--cacert",
				directory.resolve("ca.crt").toString(), "--cert", directory.resolve("client.crt").toString(), "--key",
				directory.resolve("client.key").toString(), "https://localhost:8443/a?b&c");
	}

	@Test
	void onEventWhenServerUsesDevCertificatesSaysHowToCallIt(CapturedOutput output) {
		announce(KEY_AND_TRUST, null);
		assertThat(output).contains(
				"Try: curl --cacert /d/ca.crt --cert /d/client.crt --key /d/client.key https://localhost:4711/whoami");
	}

	@Test
	void onEventWhenKeyOrTrustIsFromOutsideSaysNothing(CapturedOutput output) {
		announce(Map.of("mtls.server.certificate", "a"), null);
		announce(Map.of("mtls.server.trust-certificates[0]", "a"), null);
		announce(Map.of("mtls.client.certificate", "a", "mtls.client.trust-certificates[0]", "b"), null);
		assertThat(output).doesNotContain("curl");
	}

	@Test
	void onEventWhenServerIsForManagementSaysNothing(CapturedOutput output) {
		announce(KEY_AND_TRUST, "management");
		assertThat(output).doesNotContain("curl");
	}

	private static void announce(Map<String, Object> supplied, @Nullable String namespace) {
		try (ServletWebServerApplicationContext context = new ServletWebServerApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource(DevEnvironmentPostProcessor.PROPERTY_SOURCE, supplied));
			context.setServerNamespace(namespace);
			new DevAnnouncement(Path.of("/d"), "/whoami")
				.onApplicationEvent(new ServletWebServerInitializedEvent(new FixedPort(), context));
		}
	}

	private static List<String> shell(Path path, String command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
		builder.environment().put("PATH", path.resolve("bin").toString());
		builder.environment().put("LC_ALL", "C.UTF-8");
		Process process = builder.start();
		List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
			.toList();
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		return lines;
	}

	/**
	 * A web server that only has a port.
	 */
	private static final class FixedPort implements WebServer {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public int getPort() {
			return 4711;
		}

	}

}
