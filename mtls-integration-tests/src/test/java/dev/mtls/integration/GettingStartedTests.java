package dev.mtls.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows {@code docs/getting-started.md} word by word, in an empty directory and with
 * nothing of this build but what it would install. Only the port is another: the
 * environment has the application choose a free one, which takes the place of 8443 in the
 * commands that call it.
 */
@RequiresProgram("curl")
class GettingStartedTests {

	private static final Path PAGE = PublishedModules.ROOT.resolve(Path.of("docs", "getting-started.md"));

	private static final Path COMMANDS = PublishedModules.ROOT.resolve(Path.of("mtls-cli", "target"));

	private static final Path REPOSITORY = Path.of("target", "local-repository").toAbsolutePath();

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	// With what Maven downloads, once
	private static final Duration START = Duration.ofMinutes(5);

	// Of which the page promises ten seconds
	private static final Duration RELOAD = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	@TempDir
	private Path logs;

	@TempDir
	private Path machine;

	@BeforeEach
	void install() throws IOException {
		SampleProcess.assumePackaged();
		Assumptions.assumeTrue(Files.exists(COMMANDS.resolve("mtls")),
				"mtls-cli/target/mtls is made by ./mvnw verify alone");
		Checkout.assumeMaven();
		LocalRepository.create(REPOSITORY, Path.of(property("mtls.test.local-repository")),
				property("mtls.test.version"));
	}

	@Test
	void pageWhenFollowedKeepsItsWord() throws Exception {
		DocumentedPage page = DocumentedPage.open(PAGE);
		page.writeFiles(this.directory);
		String start = page.read("console").get(0);
		useDevelopmentCertificates(page, start);
		List<String> calls = useOwnAuthority(page, start);
		useMountedFiles(page, start, calls.get(0));
		useFileOfVault(page, start, calls.get(0));
		listClients(page, start, calls.get(0));
		revoke(page, start, calls.get(0));
		assertThat(page.isRead()).isTrue();
	}

	private void useDevelopmentCertificates(DocumentedPage page, String start) throws Exception {
		try (StartedProcess application = start(start)) {
			List<String> calls = page.read("console");
			assertAnswered(application, calls, page.read("text"));
			assertRefused(application, calls.get(0).replaceAll("--(cert|key) \\S+ ", ""),
					"alert (bad certificate|certificate required)");
		}
	}

	private List<String> useOwnAuthority(DocumentedPage page, String start) throws Exception {
		mtls(page.read("sh"));
		page.writeFiles(this.directory);
		try (StartedProcess application = start(start)) {
			List<String> calls = page.read("console");
			assertAnswered(application, calls, page.read("text"));
			return calls;
		}
	}

	// What Kubernetes is told is held against its models elsewhere
	private void useMountedFiles(DocumentedPage page, String start, String call) throws Exception {
		page.writeFile(this.directory);
		page.read("yaml kubernetes");
		page.read("yaml kubernetes");
		Path secret = Files.createDirectories(this.machine.resolve("etc/my-app/tls"));
		Path pki = this.directory.resolve("pki");
		Files.copy(pki.resolve("localhost.crt"), secret.resolve("tls.crt"));
		Files.copy(pki.resolve("localhost.key"), secret.resolve("tls.key"), StandardCopyOption.COPY_ATTRIBUTES);
		Files.copy(pki.resolve("ca.crt"), secret.resolve("ca.crt"));
		assertProfileIsAnswered("cluster", start, call);
	}

	private void useFileOfVault(DocumentedPage page, String start, String call) throws Exception {
		Path pki = this.directory.resolve("pki");
		VaultTemplate template = VaultTemplate.of(page.read("text"));
		Path file = this.machine.resolve(template.destination().substring(1));
		Files.createDirectories(Objects.requireNonNull(file.getParent()));
		Files.writeString(file, template.render(Files.readString(pki.resolve("localhost.key")),
				Files.readString(pki.resolve("localhost.crt")), Files.readString(pki.resolve("ca.crt"))));
		Files.setPosixFilePermissions(file, template.permissions());
		page.writeFile(this.directory);
		Path trust = Files.createDirectories(this.machine.resolve("etc/my-app/trust"));
		Files.copy(pki.resolve("ca.crt"), trust.resolve("client-ca.crt"));
		assertProfileIsAnswered("vault", start, call);
	}

	private void assertProfileIsAnswered(String profile, String start, String call) throws Exception {
		Path resources = this.directory.resolve("src/main/resources");
		Path file = resources.resolve("application-%s.yaml".formatted(profile));
		String documented = Files.readString(file);
		assertThat(documented).contains(" file:/etc/my-app/").doesNotContain(" file:pki/");
		Files.writeString(file, documented.replace(" file:/etc/", " file:%s/etc/".formatted(this.machine)));
		try (StartedProcess application = start(start, Map.of("SPRING_PROFILES_ACTIVE", profile))) {
			assertAnswered(application, List.of(call), List.of("Hello spiffe://example.com/billing"));
		}
		Files.writeString(file, documented);
	}

	private void listClients(DocumentedPage page, String start, String billing) throws Exception {
		page.writeFiles(this.directory);
		try (StartedProcess application = start(start)) {
			assertAnswered(application, List.of(billing), List.of("Hello spiffe://example.com/billing"));
			String reports = page.read("console").get(0);
			assertRefused(application, reports, Pattern.quote(page.read("text").get(0)));
			assertThat(application.awaitOutput("Refused ").replace("0:0:0:0:0:0:0:1", "127.0.0.1"))
				.contains(page.read("text"));
			Path rules = this.directory.resolve("rules/clients");
			String listed = Files.readString(rules);
			Files.writeString(rules, listed + "spiffe://example.com/reports\n");
			application.awaitOutput("[server] Reloaded, generation 2 begins", RELOAD);
			assertAnswered(application, List.of(reports), List.of("Hello spiffe://example.com/reports"));
			Files.writeString(rules, listed);
			application.awaitOutput("[server] Reloaded, generation 3 begins", RELOAD);
			assertRefused(application, reports, "curl: ");
		}
	}

	private void revoke(DocumentedPage page, String start, String billing) throws Exception {
		mtls(page.read("sh"));
		page.writeFiles(this.directory);
		try (StartedProcess application = start(start)) {
			assertRefused(application, billing, "curl: ");
			application.awaitOutput("certificate-revoked");
		}
	}

	private StartedProcess start(String command) throws IOException {
		return start(command, Map.of());
	}

	private StartedProcess start(String command, Map<String, String> more) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", command + " \"$@\"", "sh", "--batch-mode",
				"-Dmaven.repo.local=" + REPOSITORY)
			.directory(this.directory.toFile());
		Map<String, String> environment = builder.environment();
		environment.put("JAVA_HOME", property("java.home"));
		environment.put("SERVER_PORT", "0");
		environment.putAll(more);
		environment.merge("PATH", Path.of(property("mtls.test.maven"), "bin").toString(),
				(path, maven) -> maven + File.pathSeparator + path);
		return StartedProcess.start(builder, Files.createTempFile(this.logs, "application", ".log"));
	}

	private void mtls(List<String> commands) throws IOException, InterruptedException {
		Program shell = Program.run(this.directory, "",
				List.of("sh", "-ec", "PATH=\"$1:$PATH\"\n" + String.join("\n", commands), "sh", COMMANDS.toString()));
		assertThat(shell.exitCode()).as(shell.errors()).isZero();
	}

	private void assertAnswered(StartedProcess application, List<String> calls, List<String> answers)
			throws IOException, InterruptedException {
		List<String> given = new ArrayList<>();
		for (String call : calls) {
			Program curl = call(application, call);
			assertThat(curl.exitCode()).as(curl.errors()).isZero();
			given.add(curl.output());
		}
		assertThat(given).isEqualTo(answers);
	}

	private void assertRefused(StartedProcess application, String call, String error)
			throws IOException, InterruptedException {
		Program curl = call(application, call);
		assertThat(curl.exitCode()).isNotZero();
		assertThat(curl.output()).isEmpty();
		assertThat(curl.errors()).containsPattern(error);
	}

	private Program call(StartedProcess application, String call) throws IOException, InterruptedException {
		Matcher port = PORT.matcher(application.awaitOutput("Started Application", START));
		assertThat(port.find()).isTrue();
		assertThat(call).contains("//localhost:8443/");
		return Program.run(this.directory, "", List.of("sh", "-c", call.replace("8443", port.group(1))));
	}

	private static String property(String name) {
		return Objects.requireNonNull(System.getProperty(name), name);
	}

}
