package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.mtls.test.Flaw;
import dev.mtls.test.TestAuthority;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a user reads when the packaged sample application cannot start.
 */
class StartFailureTests {

	@TempDir
	static Path directory;

	@BeforeAll
	static void write() throws IOException {
		TestAuthority authority = TestAuthority.create();
		authority.writeTo(directory, "ca");
		authority.server().writeTo(directory, "server");
		authority.server().writeTo(directory, "other");
		authority.server(Flaw.EXPIRED).writeTo(directory, "expired");
		Files.write(directory.resolve("server.p12"), authority.server().pkcs12("right"));
	}

	@BeforeEach
	void assumePackaged() {
		SampleProcess.assumePackaged();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					dev.enabled=false server.certificate=server.crt server.private-key=server.key | mtls.server.trust-certificates | trust anchor | trust-missing (105) | certificate of the CA
					server.certificate=missing.crt server.private-key=server.key server.trust-certificates=ca.crt | mtls.server.certificate=file:missing.crt | no such file | source-unreadable (601) | Create the file
					server.certificate=server.crt server.private-key=other.key server.trust-certificates=ca.crt | mtls.server.private-key=file:other.key | belongs to the private key | key-mismatch (108) | made together
					server.certificate=expired.crt server.private-key=expired.key server.trust-certificates=ca.crt | mtls.server | expired | material-expired (110) | new
					server.allowed-clients= | mtls.server.allowed-clients | no rule | rules-empty (104) | Add a rule
					server.allowed-networks=10.0.0.1/8 | mtls.server.allowed-networks | 10.0.0.1/8 | rule-invalid (103) | 10.0.0.0/8
					server.excluded-paths=public | mtls.server.excluded-paths | does not begin with a slash | configuration-invalid (101) | /public
					server.excluded-paths=/** | mtls.server.excluded-paths | excludes everything | configuration-invalid (101) | client-auth=want
					server.forwarded.format=nginx | mtls.server.forwarded.proxies | nobody is a proxy | configuration-invalid (101) | identities of the proxies
					server.proxy-protocol.enabled=true | mtls.server.proxy-protocol.proxy-networks | nobody could connect | configuration-invalid (101) | networks of the proxies
					server.proxy-protocol.proxy-networks=10.0.0.1 | mtls.server.proxy-protocol | Tomcat cannot | engine-unsupported (112) | Jetty or Netty
					""")
	void startWhenPropertyIsWrongSaysPlaceProblemAndFix(String properties, String place, String problem, String reason,
			String fix) throws Exception {
		assertThat(start(properties.split(" ", -1))).contains("Place: ", place, "Problem: ", problem, reason, "Action:",
				fix);
	}

	@Test
	void startWhenThereIsServerSslBesideSaysWhatToRemove() throws Exception {
		assertThat(startWith("--server.ssl.bundle=any")).contains("server.ssl", "mtls.server",
				"configuration-conflict (102)", "Remove server.ssl");
	}

	@Test
	void startWhenDevelopmentCertificatesMeetProductionIsRefused() throws Exception {
		assertThat(startWith("--spring.profiles.active=production")).contains("mtls.dev.enabled=true", "production",
				"configuration-conflict (102)", "Remove mtls.dev.enabled");
	}

	@Test
	void startWhenKeyIsMisspeltNamesIt() throws Exception {
		assertThat(startWith("--mtls.server.allowed-client=any")).contains("mtls.server.allowed-client");
	}

	@Test
	void startWhenPasswordIsWrongDoesNotTellIt() throws Exception {
		assertThat(startWith("--mtls.server.key-store.location=file:server.p12",
				"--mtls.server.key-store.password=hunter2", "--mtls.server.trust-certificates=file:ca.crt"))
			.contains("mtls.server.key-store", "server.p12", "password-wrong (107)")
			.doesNotContain("hunter2");
	}

	private static String start(String... properties) throws Exception {
		return startWith(Stream.of(properties)
			.map((property) -> "--mtls." + property.replaceFirst("=(.*\\.(crt|key))$", "=file:$1"))
			.toArray(String[]::new));
	}

	private static String startWith(String... arguments) throws IOException, InterruptedException {
		try (StartedProcess process = SampleProcess.start(directory, arguments)) {
			assertThat(process.awaitExit()).isEqualTo(1);
			String output = process.output();
			assertThat(output).contains("APPLICATION FAILED TO START").doesNotContainPattern("(?m)^\\s+at ");
			return output;
		}
	}

}
