package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the packaged sample application in a directory of its own, as its user sees
 * it.
 */
@RequiresProgram("curl")
class SampleJarTests {

	private static final Pattern CURL = Pattern.compile("curl (--cacert .*https://localhost:(\\d+)/\\S*)");

	@TempDir
	static Path directory;

	private static @Nullable StartedProcess process;

	private static String curl = "";

	private static String port = "";

	@BeforeEach
	void start() throws IOException {
		SampleProcess.assumePackaged();
		if (process == null) {
			process = SampleProcess.start(directory);
			Matcher matcher = CURL.matcher(process.awaitOutput("Started SampleApplication"));
			assertThat(matcher.find()).as("a line with a curl command").isTrue();
			curl = matcher.group();
			port = matcher.group(2);
		}
	}

	@AfterAll
	static void stop() {
		if (process != null) {
			process.close();
		}
	}

	@Test
	void curlWhenPastedFromTheLogIsAnsweredWithTheFieldsOfTheCaller() throws Exception {
		Map<String, Object> caller = json(sh(curl));
		assertThat(caller).containsOnlyKeys("name", "subject", "dnsNames", "uris", "spiffeId", "serialNumber",
				"fingerprint", "notAfter", "address");
		assertThat(caller).containsEntry("name", "spiffe://dev.local/client")
			.containsEntry("subject", "CN=dev-client")
			.containsEntry("dnsNames", List.of("client.dev.local"))
			.containsEntry("uris", List.of("spiffe://dev.local/client"))
			.containsEntry("spiffeId", "spiffe://dev.local/client");
		assertThat(caller.get("address")).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
		assertThat(caller.get("fingerprint")).asString().matches("[0-9a-f]{64}");
		assertThat(caller.get("notAfter")).asString().matches("\\d{4}-\\d{2}-\\d{2}T.*Z");
	}

	@Test
	void curlWhenThereIsNoCertificateIsRefused() throws Exception {
		Program refused = Program.run(directory, "", List.of("sh", "-c",
				"curl --silent --show-error --fail --cacert .mtls/ca.crt https://localhost:%s/whoami".formatted(port)));
		assertThat(refused.exitCode()).isEqualTo(22);
		assertThat(refused.output()).isEmpty();
		assertThat(refused.errors()).contains("401");
	}

	@Test
	void curlWhenPathIsExcludedNeedsNoCertificate() throws Exception {
		assertThat(sh("curl --silent --show-error --fail --cacert .mtls/ca.crt https://localhost:%s/public/ping"
			.formatted(port))).isEqualTo("pong");
	}

	@Test
	void reportWhenAnAdministratorAsksIsGiven() throws Exception {
		String command = "curl --silent --show-error --fail --cacert .mtls/ca.crt --cert .mtls/%1$s.crt --key .mtls/%1$s.key https://localhost:%2$s/admin/report";
		assertThat(json(sh(command.formatted("admin", port)))).containsEntry("requestedBy", "spiffe://dev.local/admin");
		Program refused = Program.run(directory, "", List.of("sh", "-c", command.formatted("client", port)));
		assertThat(refused.exitCode()).isEqualTo(22);
		assertThat(refused.errors()).contains("403");
	}

	@Test
	void relayWhenCalledReturnsWhatTheInnerCallSaw() throws Exception {
		Map<String, Object> outer = json(sh(curl));
		Map<String, Object> inner = json(sh(curl.replace("/whoami", "/relay")));
		assertThat(inner).containsOnlyKeys(outer.keySet()).containsEntry("name", "spiffe://dev.local/client");
	}

	@Test
	void echoWhenPostedReturnsTheBody() throws Exception {
		assertThat(sh(curl.replace("/whoami", "/echo") + " --data 'any body'")).isEqualTo("any body");
	}

	@Test
	void storeWhenGivenToCurlWorks() throws Exception {
		String command = "curl --cacert .mtls/ca.crt --cert-type P12 --cert .mtls/client.p12:changeit https://localhost:%s/whoami";
		assertThat(json(sh(command.formatted(port)))).containsEntry("subject", "CN=dev-client");
	}

	@Test
	void directoryWhenMadeHoldsCertificatesAndKeysOfTheOwnerAlone() throws IOException {
		assertThat(certificates().keySet()).contains("ca.crt", "ca.key", "server.crt", "server.key", "client.crt",
				"client.key", "client.p12");
		for (String secret : List.of("ca.key", "server.key", "client.key", "client.p12")) {
			assertThat(Files.getPosixFilePermissions(directory.resolve(".mtls").resolve(secret))).as(secret)
				.isEqualTo(PosixFilePermissions.fromString("rw-------"));
		}
	}

	@Test
	void logWhenStartedWarnsOfDevelopmentCertificatesAndHoldsNoSecret() {
		String log = Objects.requireNonNull(process).output();
		assertThat(log).containsIgnoringCase("development certificates").contains("WARN");
		assertThat(log).doesNotContain("changeit", "PRIVATE KEY");
	}

	@Test
	void secondStartWhenCertificatesAreThereReusesThemAndEndsGracefullyOnSigterm() throws Exception {
		Map<String, String> before = certificates();
		try (StartedProcess second = SampleProcess.start(directory)) {
			second.awaitOutput("Started SampleApplication");
			assertThat(certificates()).isEqualTo(before);
			second.terminate();
			assertThat(second.awaitExit()).isIn(143, 0);
			assertThat(second.output()).contains("Graceful shutdown complete");
		}
	}

	private static Map<String, String> certificates() throws IOException {
		Map<String, String> contents = new TreeMap<>();
		try (Stream<Path> files = Files.list(directory.resolve(".mtls"))) {
			for (Path file : files.toList()) {
				contents.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
			}
		}
		return contents;
	}

	private static String sh(String command) throws IOException, InterruptedException {
		Program program = Program.run(directory, "", List.of("sh", "-c", command));
		assertThat(program.exitCode()).as(program.errors()).isZero();
		return program.output();
	}

	private static Map<String, Object> json(String text) {
		return JsonParserFactory.getJsonParser().parseMap(text);
	}

}
