package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.mtls.integration.Checkout.Build;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the commands for this checkout that the documentation has, in a copy. Where one
 * would go through all modules, the test names those that matter.
 */
class DocumentedBuildTests {

	private static final String VERSION = "1.2.3";

	private static final String BASELINE = "1.2.0";

	private static final Path REPOSITORY = Path.of("target", "baseline-repository").toAbsolutePath();

	private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(?:sh|console)\\n(.*?)^ *```$");

	private static final Pattern COMMAND = Pattern.compile("(?m)^ *(?:\\$ )?(\\./mvnw .*)$");

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern FAILED = Pattern.compile("<<< (?:FAILURE|ERROR)! -- in (\\S+)");

	@TempDir
	private static Path checkouts;

	private static Checkout checkout;

	@TempDir
	private Path directory;

	@BeforeAll
	static void copy() throws IOException {
		checkout = Checkout.copy(checkouts);
	}

	@BeforeEach
	void assumeBuild() {
		// What is published is packaged too
		SampleProcess.assumePackaged();
		Checkout.assumeMaven();
	}

	@Test
	void commandsAreThoseThatAreRunHere() throws IOException {
		List<String> commands = new ArrayList<>();
		for (Path page : pages()) {
			for (String command : commands(page)) {
				commands.add("%s: %s".formatted(PublishedModules.ROOT.relativize(page), command));
			}
		}
		assertThat(commands).satisfiesExactlyInAnyOrder(
				(command) -> assertThat(command).isEqualTo("README.md: ./mvnw -q spring-boot:run"),
				// It runs this test
				(command) -> assertThat(command).isEqualTo("README.md: ./mvnw verify"),
				(command) -> assertThat(command).startsWith("docs/compatibility.md: ./mvnw test-compile"),
				(command) -> assertThat(command).startsWith("docs/compatibility.md: ./mvnw test -Pspring-boot-4.0"),
				(command) -> assertThat(command).startsWith("docs/kubernetes/README.md: ./mvnw -DskipTests package"),
				(command) -> assertThat(command).startsWith("docs/performance.md: ./mvnw -q -DskipTests package"),
				(command) -> assertThat(command).startsWith("docs/releasing.md: ./mvnw verify -DskipTests -P"),
				(command) -> assertThat(command).startsWith("docs/releasing.md: ./mvnw verify -DskipTests -D"),
				(command) -> assertThat(command).startsWith("docs/releasing.md: ./mvnw org.codehaus.mojo:versions"),
				(command) -> assertThat(command).startsWith("mtls-benchmarks/README.md: ./mvnw -q -DskipTests pack"));
	}

	@Test
	@RequiresProgram("curl")
	void sampleOfReadmeAnswers() throws Exception {
		Path page = PublishedModules.ROOT.resolve("README.md");
		String curl = Files.readString(page)
			.lines()
			.filter((line) -> line.startsWith("curl "))
			.findFirst()
			.orElseThrow();
		try (StartedProcess sample = checkout.startBuild(command("README.md", "spring-boot:run"))) {
			Matcher port = PORT.matcher(sample.awaitOutput("Started SampleApplication", Duration.ofMinutes(5)));
			assertThat(port.find()).isTrue();
			assertThat(curl).contains("//localhost:8443/");
			Build answered = checkout.run(curl.replace("8443", port.group(1)) + " --silent");
			assertThat(answered.exitCode()).as(answered.output()).isZero();
			assertThat(answered.output()).contains("\"name\":", "\"subject\":", "\"dnsNames\":", "\"uris\":",
					"\"spiffeId\":", "\"serialNumber\":", "\"fingerprint\":", "\"notAfter\":", "\"address\":");
		}
	}

	@Test
	void imageOfTunnelHasWhatItNeeds() throws Exception {
		List<Path> made = List.of(checkout.file("mtls-cli", "target", "mtls.jar"),
				checkout.file("mtls-cli", "target", "mtls"));
		for (Path file : made) {
			Files.deleteIfExists(file);
		}
		assertSucceeds(checkout.build(command("docs/kubernetes/README.md", "package")));
		assertThat(made).allSatisfy((file) -> assertThat(file).exists());
	}

	@Test
	void benchmarksAreThere() throws Exception {
		String command = command("docs/performance.md", "package");
		assertThat(command).isEqualTo(command("mtls-benchmarks/README.md", "package"));
		assertSucceeds(checkout.build(command, "-pl", "mtls-benchmarks", "-am"));
		Build listed = checkout.run("\"$JAVA_HOME/bin/java\" -jar mtls-benchmarks/target/benchmarks.jar -l");
		assertSucceeds(listed);
		assertThat(listed.output()).contains("dev.mtls.benchmarks.GateBenchmark.");
	}

	@Test
	void releaseIsMadeReady() throws Exception {
		Checkout checkout = Checkout.copy(this.directory);
		assertSucceeds(checkout.build(command("docs/releasing.md", ":set ")));
		assertThat(poms(checkout)).allSatisfy((pom) -> assertThat(pom).content()
			.contains("<version>%s</version>".formatted(VERSION))
			.doesNotContain(version()));
		assertThat(checkout.file("pom.xml")).content().doesNotContain(timestamp());
		String check = ".ci/check-tag v" + VERSION;
		Build refused = checkout.run(check);
		assertThat(refused.exitCode()).isNotZero();
		assertThat(refused.output()).contains("CHANGELOG.md has no heading");
		Path changelog = checkout.file("CHANGELOG.md");
		Files.writeString(changelog, Files.readString(changelog)
			.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n"));
		assertSucceeds(checkout.run(check));
	}

	@Test
	void filesOfReleaseAreMade() throws Exception {
		Pattern inline = Pattern.compile("`(\\./mvnw package -Prelease [^`]*)`");
		Matcher command = inline.matcher(Files.readString(page("docs/releasing.md")));
		assertThat(command.find()).isTrue();
		assertSucceeds(checkout.build(command.group(1), "-pl", "mtls-core", "-am"));
		String name = "mtls-core-" + version();
		assertThat(Stream.of(name + ".jar", name + "-sources.jar", name + "-javadoc.jar", "bom.json"))
			.map((file) -> checkout.file("mtls-core", "target", file))
			.allSatisfy((file) -> assertThat(file).isNotEmptyFile());
	}

	@Test
	void typesAreHeldAgainstJarsOfDirectory() throws Exception {
		Path jars = Files.createDirectory(this.directory.resolve("jars"));
		String command = command("docs/releasing.md", "mtls.baseline.directory").replace("/path/to/jars",
				jars.toString());
		Path baseline = jars.resolve("mtls-core-%s.jar".formatted(BASELINE));
		Build missing = compare(command);
		assertThat(missing.exitCode()).isNotZero();
		assertThat(missing.output()).contains(baseline.toString());
		Files.copy(PublishedModules.jar("mtls-core", version()), baseline);
		assertSucceeds(compare(command));
		addType(baseline);
		assertFindsRemovedType(compare(command));
	}

	@Test
	void typesAreHeldAgainstPublishedVersion() throws Exception {
		LocalRepository.createEmpty(REPOSITORY, Path.of(property("mtls.test.local-repository")));
		Path baseline = Files.copy(PublishedModules.jar("mtls-core", version()), this.directory.resolve("core.jar"));
		addType(baseline);
		LocalRepository.install(REPOSITORY, "mtls-core", BASELINE, baseline);
		String command = command("docs/releasing.md", "-Pcompatibility");
		assertFindsRemovedType(compare(command, "-Dmaven.repo.local=" + REPOSITORY));
	}

	@Test
	void olderSpringBootFailsClientsAlone() throws Exception {
		assertSucceeds(checkout.build(command("docs/compatibility.md", "test-compile"), "-pl",
				"mtls-spring-boot-autoconfigure", "-am"));
		Build tested = checkout.build(command("docs/compatibility.md", "-Pspring-boot-4.0"));
		assertThat(tested.exitCode()).isNotZero();
		assertThat(FAILED.matcher(tested.output()).results().map((failed) -> failed.group(1)))
			.containsExactly("dev.mtls.boot.autoconfigure.MtlsClientAutoConfigurationTests");
		assertThat(tested.output()).contains("MtlsServerAutoConfigurationTests",
				"NoSuchMethodError: 'org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder "
						+ "org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder.withHttpClientDefaults(");
	}

	private static Build compare(String command, String... more) throws Exception {
		List<String> arguments = new ArrayList<>(List.of(more));
		arguments.addAll(List.of("-pl", "mtls-core", "-am"));
		return checkout.build(command, arguments.toArray(String[]::new));
	}

	private static void assertFindsRemovedType(Build build) {
		assertThat(build.exitCode()).isNotZero();
		assertThat(build.output()).contains("dev.mtls.tcp.TlsEngine:CLASS_REMOVED");
		assertThat(checkout.file("mtls-core", "target", "japicmp")).isNotEmptyDirectory();
	}

	// As if it had moved from there to another module
	private static void addType(Path jar) throws IOException {
		Path type = Path.of("dev", "mtls", "tcp", "TlsEngine.class");
		try (FileSystem files = FileSystems.newFileSystem(jar)) {
			Path target = files.getPath(type.toString());
			Files.createDirectories(Objects.requireNonNull(target.getParent()));
			Files.copy(PublishedModules.ROOT.resolve(Path.of("mtls-tcp", "target", "classes")).resolve(type), target);
		}
	}

	private static void assertSucceeds(Build build) {
		assertThat(build.exitCode()).as(build.output()).isZero();
	}

	private static List<Path> poms(Checkout checkout) throws IOException {
		try (Stream<Path> files = Files.list(checkout.file(""))) {
			return Stream.concat(Stream.of(checkout.file("pom.xml")), files.map((file) -> file.resolve("pom.xml")))
				.filter(Files::exists)
				.toList();
		}
	}

	private static String timestamp() throws IOException {
		return Files.readString(PublishedModules.ROOT.resolve("pom.xml"))
			.lines()
			.filter((line) -> line.contains("<project.build.outputTimestamp>"))
			.findFirst()
			.orElseThrow();
	}

	private static String command(String page, String part) throws IOException {
		return commands(page(page)).stream()
			.filter((command) -> command.contains(part))
			.findFirst()
			.orElseThrow(() -> new AssertionError("%s has no command with %s".formatted(page, part)));
	}

	private static List<String> commands(Path page) throws IOException {
		return BLOCK.matcher(Files.readString(page))
			.results()
			.flatMap((block) -> COMMAND.matcher(block.group(1)).results())
			.map((command) -> command.group(1))
			.toList();
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> files = Files.walk(PublishedModules.ROOT.resolve("docs"))) {
			return Stream
				.concat(Stream.of("README.md", "CONTRIBUTING.md", "mtls-benchmarks/README.md")
					.map(DocumentedBuildTests::page), files.filter((file) -> file.toString().endsWith(".md")))
				.toList();
		}
	}

	private static Path page(String name) {
		return PublishedModules.ROOT.resolve(name);
	}

	private static String version() {
		return property("mtls.test.version");
	}

	private static String property(String name) {
		return Objects.requireNonNull(System.getProperty(name), name);
	}

}
