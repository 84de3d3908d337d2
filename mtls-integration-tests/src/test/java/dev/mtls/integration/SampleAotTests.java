package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the packaged sample application as it was processed ahead of time.
 */
@RequiresProgram("curl")
class SampleAotTests {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+) \\(https\\)");

	@TempDir
	static Path directory;

	private static @Nullable StartedProcess process;

	private static String port = "";

	@BeforeEach
	void start() throws IOException {
		SampleProcess.assumePackaged();
		if (process == null) {
			process = SampleProcess.startProcessed(directory);
			String log = process.awaitOutput("Started SampleApplication");
			assertThat(log).contains("Starting AOT-processed SampleApplication");
			Matcher matcher = PORT.matcher(log);
			assertThat(matcher.find()).as("a line with the port").isTrue();
			port = matcher.group(1);
		}
	}

	@AfterAll
	static void stop() {
		if (process != null) {
			process.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "client, /whoami, '\"spiffeId\":\"spiffe://dev.local/client\"'",
			"client, /relay, '\"spiffeId\":\"spiffe://dev.local/client\"'",
			"admin, /admin/report, '\"requestedBy\":\"spiffe://dev.local/admin\"'",
			"client, /actuator/health, '\"identity\":{'" })
	void requestIsAnswered(String client, String path, String part) throws Exception {
		Program answered = curl("--fail", "--cert", ".mtls/%s.crt".formatted(client), "--key",
				".mtls/%s.key".formatted(client), uri(path));
		assertThat(answered.exitCode()).as(answered.errors()).isZero();
		assertThat(answered.output()).contains(part);
	}

	@Test
	void requestWhenAnotherClientAsksIsForbidden() throws Exception {
		assertThat(curl("--cert", ".mtls/client.crt", "--key", ".mtls/client.key", uri("/admin/report")).output())
			.contains("\"status\":403", "\"reason\":\"identity-not-allowed\"");
	}

	@Test
	void requestWhenThereIsNoCertificateIsUnauthorized() throws Exception {
		assertThat(curl(uri("/whoami")).output()).contains("\"status\":401", "\"reason\":\"certificate-missing\"");
		assertThat(curl(uri("/public/ping")).output()).isEqualTo("pong");
	}

	@Test
	void startWhenAPropertyDecidesOtherwiseFails() throws Exception {
		try (StartedProcess failing = SampleProcess.startProcessed(directory, "--mtls.server.rate-limit.permits=10")) {
			assertThat(failing.awaitExit()).isOne();
			assertThat(failing.output()).contains("mtls.server.rate-limit.permits",
					"it is set, and was not when the application was processed ahead of time");
		}
	}

	private static String uri(String path) {
		return "https://localhost:%s%s".formatted(port, path);
	}

	private static Program curl(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--cacert", ".mtls/ca.crt"));
		command.addAll(List.of(arguments));
		return Program.run(directory, "", command);
	}

}
