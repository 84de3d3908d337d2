package dev.mtls.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.junit.jupiter.api.Assumptions;

/**
 * A copy of this checkout, in which commands are run that would disturb the build that
 * runs the test. What was compiled is copied too and not compiled again.
 */
final class Checkout {

	// Of this module, which is being built; of tools; and of the sample application
	private static final Set<Path> LEFT_OUT = Set.of(Path.of(".git"), Path.of(".mtls"), Path.of(".idea"),
			Path.of("mtls-integration-tests", "target"));

	// What the build that runs the test has checked
	private static final List<String> BUILT = List.of("--batch-mode",
			"-Dmaven.compiler.useIncrementalCompilation=false", "-Denforcer.skip", "-Dspring-javaformat.validate.skip",
			"-Dcheckstyle.skip");

	// With what Maven downloads, once
	private static final Duration BOUND = Duration.ofMinutes(10);

	private final Path directory;

	private final Path logs;

	private Checkout(Path directory, Path logs) {
		this.directory = directory;
		this.logs = logs;
	}

	/**
	 * Skip the test where Maven is not known.
	 */
	static void assumeMaven() {
		Assumptions.assumeTrue(System.getProperty("mtls.test.maven") != null,
				"Maven is not known outside of its build");
	}

	/**
	 * Copy this checkout.
	 * @param directory an empty directory
	 * @return the copy
	 */
	static Checkout copy(Path directory) throws IOException {
		Path copy = Files.createDirectory(directory.resolve("checkout"));
		Files.walkFileTree(PublishedModules.ROOT, new Copy(copy));
		return new Checkout(copy, Files.createDirectory(directory.resolve("logs")));
	}

	/**
	 * A file of the copy.
	 * @param first the first name of its path
	 * @param more the other names
	 * @return the file
	 */
	Path file(String first, String... more) {
		return this.directory.resolve(Path.of(first, more));
	}

	/**
	 * Run a command of Maven to its end, or skip the test where that lacks what it cannot
	 * download.
	 * @param command the command
	 * @param more further arguments
	 * @return the build that has ended
	 */
	Build build(String command, String... more) throws IOException, InterruptedException {
		try (StartedProcess process = startBuild(command, more)) {
			int exitCode = process.awaitExit(BOUND);
			String output = process.output();
			boolean lacking = output.contains("Could not transfer ") || output.contains(" in offline mode ");
			Assumptions.assumeFalse(exitCode != 0 && lacking,
					() -> "No repository has what Maven needs for " + command);
			return new Build(exitCode, output);
		}
	}

	/**
	 * Start a command of Maven.
	 * @param command the command
	 * @param more further arguments
	 * @return the process, whose servers choose free ports
	 */
	StartedProcess startBuild(String command, String... more) throws IOException {
		List<String> arguments = new ArrayList<>(BUILT);
		arguments.addAll(List.of(more));
		return start(command, arguments);
	}

	/**
	 * Run a command of the shell to its end.
	 * @param command the command
	 * @return what has run
	 */
	Build run(String command) throws IOException, InterruptedException {
		try (StartedProcess process = start(command, List.of())) {
			return new Build(process.awaitExit(BOUND), process.output());
		}
	}

	private StartedProcess start(String command, List<String> arguments) throws IOException {
		List<String> shell = new ArrayList<>(List.of("sh", "-c", command + " \"$@\"", "sh"));
		shell.addAll(arguments);
		ProcessBuilder builder = new ProcessBuilder(shell).directory(this.directory.toFile());
		Map<String, String> environment = builder.environment();
		environment.put("JAVA_HOME", property("java.home"));
		environment.put("SERVER_PORT", "0");
		environment.merge("PATH", Path.of(property("mtls.test.maven"), "bin").toString(),
				(path, maven) -> maven + File.pathSeparator + path);
		return StartedProcess.start(builder, Files.createTempFile(this.logs, "command", ".log"));
	}

	private static String property(String name) {
		return Objects.requireNonNull(System.getProperty(name), name);
	}

	/**
	 * A command that has run.
	 *
	 * @param exitCode its exit code
	 * @param output what it wrote
	 */
	record Build(int exitCode, String output) {

	}

	/**
	 * Copies files with their times, by which compilers tell what has changed.
	 */
	private static final class Copy extends SimpleFileVisitor<Path> {

		private final Path target;

		Copy(Path target) {
			this.target = target;
		}

		@Override
		public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
			Path path = PublishedModules.ROOT.relativize(directory);
			if (LEFT_OUT.contains(path)) {
				return FileVisitResult.SKIP_SUBTREE;
			}
			Files.createDirectories(this.target.resolve(path));
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			// They are made again
			if (!file.toString().endsWith(".jar")) {
				Files.copy(file, this.target.resolve(PublishedModules.ROOT.relativize(file)),
						StandardCopyOption.COPY_ATTRIBUTES);
			}
			return FileVisitResult.CONTINUE;
		}

	}

}
