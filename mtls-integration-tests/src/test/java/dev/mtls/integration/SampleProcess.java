package dev.mtls.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Assumptions;

/**
 * The packaged sample application, which is started as a process of its own.
 */
final class SampleProcess {

	private static final Path JAR = Path.of("..", "sample-app", "target", "sample-app.jar")
		.toAbsolutePath()
		.normalize();

	private SampleProcess() {
	}

	/**
	 * Skip the test where there is no jar, because only {@code verify} makes one.
	 */
	static void assumePackaged() {
		Assumptions.assumeTrue(Files.exists(JAR), "sample-app/target/sample-app.jar is made by ./mvnw verify alone");
	}

	/**
	 * Start the sample application.
	 * @param directory its working directory
	 * @param arguments its arguments
	 * @return the process, which may still be starting
	 */
	static StartedProcess start(Path directory, String... arguments) throws IOException {
		return start(directory, List.of(), arguments);
	}

	/**
	 * Start the sample application as it was processed ahead of time.
	 * @param directory its working directory
	 * @param arguments its arguments
	 * @return the process, which may still be starting
	 */
	static StartedProcess startProcessed(Path directory, String... arguments) throws IOException {
		return start(directory, List.of("-Dspring.aot.enabled=true"), arguments);
	}

	private static StartedProcess start(Path directory, List<String> options, String... arguments) throws IOException {
		Path log = Files.createTempFile(directory, "sample", ".log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-XX:TieredStopAtLevel=1");
		command.addAll(options);
		command.addAll(List.of("-jar", JAR.toString(), "--server.port=0", "--spring.main.banner-mode=off"));
		command.addAll(List.of(arguments));
		return StartedProcess.start(new ProcessBuilder(command).directory(directory.toFile()), log);
	}

}
