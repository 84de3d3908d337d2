package dev.mtls.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the {@code Dockerfile}, without a container: its files are put where it puts
 * them, below a directory.
 */
@EnabledIfSystemProperty(named = "mtls.jar", matches = ".+", disabledReason = "The jar is not made yet")
class DockerfileTests {

	private static final Path FILE = Path.of("Dockerfile");

	private static final Path PAGE = Path.of("..", "docs", "kubernetes", "README.md");

	@TempDir
	private Path root;

	private String dockerfile = "";

	@BeforeEach
	void copy() throws IOException {
		this.dockerfile = Files.readString(FILE);
		for (MatchResult copy : matches("(?m)^COPY --chmod=0\\d\\d(\\d) (\\S+) (\\S+)$")) {
			Path target = inRoot(copy.group(3));
			Files.createDirectories(Objects.requireNonNull(target.getParent()));
			Files.copy(Path.of(copy.group(2)), target);
			boolean executable = Integer.parseInt(copy.group(1)) % 2 == 1;
			assertThat(target.toFile().setExecutable(executable, false)).isTrue();
		}
		for (MatchResult link : matches("ln -s (\\S+) (\\S+)")) {
			Path target = inRoot(link.group(2));
			Files.createDirectories(Objects.requireNonNull(target.getParent()));
			Files.createSymbolicLink(target, inRoot(link.group(1)));
		}
	}

	@Test
	void filesAreThoseOfTheBuild() {
		Path jar = Path.of(Objects.requireNonNull(System.getProperty("mtls.jar")));
		assertThat(matches("(?m)^COPY ")).hasSize(2);
		assertThat(inRoot("/opt/mtls/mtls.jar")).hasSameBinaryContentAs(jar);
		assertThat(inRoot("/opt/mtls/mtls")).isExecutable();
	}

	@Test
	void imageWithoutArgumentsShowsUsage() {
		List<String> command = new ArrayList<>(words("ENTRYPOINT"));
		command.addAll(words("CMD"));
		command.set(0, inRoot(command.get(0)).toString());
		CommandProcess.Result result = process().run(command);
		assertThat(result.err()).isEmpty();
		assertThat(result.out()).startsWith("Usage: mtls ");
		assertThat(result.status()).isZero();
	}

	@Test
	void commandIsOnThePath() {
		CommandProcess.Result result = process().run(List.of(inRoot("/usr/local/bin/mtls").toString(), "--version"));
		assertThat(result.err()).isEmpty();
		assertThat(result.out()).contains(" on Java " + Runtime.version());
	}

	@Test
	void userIsThatOfDirectoriesByNumber() {
		String user = word("USER");
		assertThat(user).matches("[1-9]\\d*:[1-9]\\d*");
		String uid = user.replaceFirst(":.*", "");
		String gid = user.replaceFirst(".*:", "");
		assertThat(this.dockerfile).contains("groupadd --system --gid %s mtls".formatted(gid),
				"useradd --system --uid %s --gid %s ".formatted(uid, gid),
				"install -d -o %s -g %s -m 0700 %s ".formatted(uid, gid, word("WORKDIR")));
	}

	@Test
	void commandsThatBuildAreThoseOfThePage() throws IOException {
		List<String> commands = Pattern.compile("(?m)^\\$ (\\./mvnw .*|docker build .*)$")
			.matcher(Files.readString(PAGE))
			.results()
			.map((command) -> command.group(1))
			.toList();
		assertThat(commands).hasSize(2);
		assertThat(this.dockerfile).contains(String.join(" && ", commands));
	}

	private CommandProcess process() {
		return new CommandProcess(this.root, Map.of("JAVA_HOME", System.getProperty("java.home")));
	}

	private Path inRoot(String path) {
		return this.root.resolve(path.substring(1));
	}

	private List<MatchResult> matches(String pattern) {
		return Pattern.compile(pattern).matcher(this.dockerfile).results().toList();
	}

	private String word(String instruction) {
		return matches("(?m)^%s (\\S+)$".formatted(instruction)).get(0).group(1);
	}

	private List<String> words(String instruction) {
		String array = matches("(?m)^%s \\[(.*)]$".formatted(instruction)).get(0).group(1);
		return Stream.of(array.split(", ", -1)).map((word) -> word.replaceAll("^\"|\"$", "")).toList();
	}

}
