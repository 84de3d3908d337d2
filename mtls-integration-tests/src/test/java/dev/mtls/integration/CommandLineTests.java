package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the {@code mtls} command makes, with the sample application and
 * {@code curl}, each as a process of its own.
 */
@RequiresProgram("curl")
class CommandLineTests {

	private static final Path JAR = Path.of("..", "mtls-cli", "target", "mtls.jar").toAbsolutePath().normalize();

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Duration RELOAD = Duration.ofSeconds(2);

	@TempDir
	private Path directory;

	@BeforeEach
	void assumePackaged() {
		SampleProcess.assumePackaged();
		Assumptions.assumeTrue(Files.exists(JAR), "mtls-cli/target/mtls.jar is made by ./mvnw verify alone");
	}

	@Test
	void certificateThatIsRevokedIsRefusedByARunningApplication() throws Exception {
		mtls("ca", "create", "--name", "Example CA");
		mtls("cert", "create", "--server", "--name", "localhost", "--ca", "ca.crt");
		mtls("cert", "create", "--client", "--name", "alice", "--ca", "ca.crt");
		mtls("cert", "create", "--client", "--name", "bob", "--ca", "ca.crt");
		try (StartedProcess sample = SampleProcess.start(this.directory, "--mtls.dev.enabled=false",
				"--mtls.server.certificate=file:localhost.crt", "--mtls.server.private-key=file:localhost.key",
				"--mtls.server.trust-certificates=file:ca.crt", "--mtls.server.revocation.crls=file:ca.crl",
				"--mtls.reload.interval=" + RELOAD.toSeconds() + "s")) {
			Matcher port = PORT.matcher(sample.awaitOutput("Started SampleApplication"));
			assertThat(port.find()).isTrue();
			assertThat(curl("alice", port.group(1)).exitCode()).isZero();
			assertThat(curl("bob", port.group(1)).exitCode()).isZero();
			mtls("cert", "revoke", "bob.crt", "--ca", "ca.crt");
			Awaitility.await()
				.pollInterval(Duration.ofMillis(100))
				.atMost(RELOAD.plusSeconds(1))
				.until(() -> curl("bob", port.group(1)).exitCode() != 0);
			assertThat(curl("alice", port.group(1)).exitCode()).isZero();
			assertThat(sample.awaitOutput("certificate-revoked")).contains("CN=bob");
			mtls("cert", "renew", "localhost.crt", "--ca", "ca.crt", "--force");
			String serial = serial("localhost.crt");
			Awaitility.await()
				.atMost(RELOAD.plusSeconds(10))
				.until(() -> mtls("cert", "show", "localhost:" + port.group(1), "--json").contains(serial));
			assertThat(curl("alice", port.group(1)).exitCode()).isZero();
		}
	}

	private String serial(String file) throws Exception {
		Matcher serial = Pattern.compile("\"serialNumber\" : \"(\\p{XDigit}+)\"")
			.matcher(mtls("cert", "show", file, "--json"));
		assertThat(serial.find()).isTrue();
		return serial.group(1);
	}

	private Program curl(String client, String port) throws IOException, InterruptedException {
		return Program.run(this.directory, "",
				List.of("curl", "--silent", "--show-error", "--fail", "--cacert", "ca.crt", "--cert", client + ".crt",
						"--key", client + ".key", "https://localhost:%s/whoami".formatted(port)));
	}

	private String mtls(String... args) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-jar", JAR.toString()));
		command.addAll(List.of(args));
		Program mtls = Program.run(this.directory, "", command);
		assertThat(mtls.errors()).isEmpty();
		assertThat(mtls.exitCode()).isZero();
		return mtls.output();
	}

}
