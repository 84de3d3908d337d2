package dev.mtls.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the image, which is built by the command that the documentation has. Docker
 * is Buildah here, and what the image is based on is made of this machine, as nothing is
 * downloaded.
 */
@EnabledIfSystemProperty(named = "mtls.jar", matches = ".+", disabledReason = "The jar is not made yet")
class DockerImageTests {

	private static final Path PAGE = Path.of("..", "docs", "kubernetes", "README.md");

	private static final Duration BOUND = Duration.ofMinutes(3);

	@TempDir
	private static Path directory;

	// Why there is no container
	private static @Nullable String problem;

	@BeforeAll
	static void build() throws IOException {
		problem = findProblem();
		if (problem == null) {
			succeed(find("(?m)^\\$ (docker build .*)$", Files.readString(PAGE)));
			succeed("docker from --name container mtls");
		}
	}

	@AfterAll
	static void remove() {
		if (problem == null) {
			succeed("docker rm --all && docker rmi --all --force");
		}
	}

	@BeforeEach
	void assumeBuilt() {
		assumeTrue(problem == null, problem);
	}

	@Test
	void containerStartsCommandAsUserWithoutPrivileges() {
		assertThat(succeed(
				"docker inspect --type image --format '{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}} {{.OCIv1.Config.WorkingDir}}' mtls"))
			.isEqualToIgnoringNewLines("[/opt/mtls/mtls] [--help] /pki");
		assertThat(inContainer("/opt/mtls/mtls", "--help")).startsWith("Usage: mtls ");
		assertThat(inContainer("mtls", "--version")).contains(" on Java " + Runtime.version());
		assertThat(inContainer("id")).startsWith("uid=10001(mtls) gid=10001(mtls)");
	}

	@Test
	void certificatesOfComposeAreMadeOnce() {
		List<String> service = certificates();
		List<String> files = List.of("server/server.crt", "server/ca.crt", "client/client.crt", "client/ca.crt");
		inContainer(service);
		inContainer(Stream.concat(Stream.of("mtls", "cert", "check"), files.stream()).toList());
		List<String> read = Stream.concat(Stream.of("cat"), files.stream()).toList();
		String made = inContainer(read);
		assertThat(made.split("-----BEGIN CERTIFICATE-----", -1)).hasSizeGreaterThanOrEqualTo(5);
		inContainer(service);
		assertThat(inContainer(read)).isEqualTo(made);
	}

	private static @Nullable String findProblem() throws IOException {
		if (!Files.isExecutable(Path.of("/usr/bin/buildah"))) {
			return "buildah is not installed";
		}
		if (!"root".equals(System.getProperty("user.name"))) {
			return "buildah isolates nothing for other users than root";
		}
		Path programs = Files.createDirectory(directory.resolve("programs"));
		Path docker = Files.writeString(programs.resolve("docker"), """
				#!/bin/sh
				exec buildah --root '%1$s/images' --runroot '%1$s/run' --storage-driver vfs "$@"
				""".formatted(directory));
		assertThat(docker.toFile().setExecutable(true)).isTrue();
		Path base = Files.createDirectory(directory.resolve("base"));
		Path script = Path.of("src", "test", "resources", "dev", "mtls", "cli", "base-image.sh").toAbsolutePath();
		succeed("sh '%s' '%s' '%s'".formatted(script, base, System.getProperty("java.home")));
		CommandProcess.Result based = run(
				"docker build -t %s '%s'".formatted(find("(?m)^FROM (\\S+)$", dockerfile()), base));
		return (based.status() != 0) ? "buildah runs nothing here: " + based.err().lines().toList() : null;
	}

	// Without $, which Compose would replace
	private static List<String> certificates() {
		try {
			Map<String, Map<String, Map<String, List<String>>>> compose = new Yaml()
				.load(Files.readString(Path.of("compose.yaml")));
			Map<String, List<String>> service = Objects
				.requireNonNull(Objects.requireNonNull(compose.get("services")).get("certificates"));
			List<String> words = new ArrayList<>(Objects.requireNonNull(service.get("entrypoint")));
			words.addAll(Objects.requireNonNull(service.get("command")));
			assertThat(words).noneMatch((word) -> word.contains("$"));
			return words;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String inContainer(String... command) {
		return inContainer(List.of(command));
	}

	private static String inContainer(List<String> command) {
		return succeed(Stream.concat(Stream.of("docker", "run", "container", "--"), command.stream()).toList());
	}

	private static String succeed(String command) {
		return succeed(List.of("sh", "-ec", command));
	}

	private static String succeed(List<String> command) {
		CommandProcess.Result result = process().run(onPath(command), BOUND);
		assertThat(result.status()).as("%s: %s", command, result.err()).isZero();
		return result.out();
	}

	private static CommandProcess.Result run(String command) {
		return process().run(onPath(List.of("sh", "-ec", command)), BOUND);
	}

	// A program is looked for on the path of this process otherwise
	private static List<String> onPath(List<String> command) {
		return Stream.concat(Stream.of("env"), command.stream()).toList();
	}

	private static CommandProcess process() {
		return new CommandProcess(Path.of(".."),
				Map.of("PATH", directory.resolve("programs") + ":" + System.getenv("PATH"), "BUILDAH_ISOLATION",
						"chroot", "TMPDIR", directory.toString()));
	}

	private static String dockerfile() throws IOException {
		return Files.readString(Path.of("Dockerfile"));
	}

	private static String find(String pattern, String text) {
		Matcher matcher = Pattern.compile(pattern).matcher(text);
		assertThat(matcher.find()).as(pattern).isTrue();
		return matcher.group(1);
	}

}
