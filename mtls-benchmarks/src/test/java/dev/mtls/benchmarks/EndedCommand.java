package dev.mtls.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command that a shell has run at the root of the checkout.
 *
 * @param status its exit status
 * @param output what it wrote, errors included
 */
record EndedCommand(int status, String output) {

	private static final int BOUND_SECONDS = 120;

	/**
	 * Run a command to its end, on the JDK of this test.
	 * @param command the command
	 * @param output the file for its output
	 * @return the command that has ended
	 */
	static EndedCommand run(String command, Path output) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).directory(DocumentedCommands.ROOT.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		String home = System.getProperty("java.home");
		builder.environment().put("JAVA_HOME", home);
		builder.environment()
			.merge("PATH", Path.of(home, "bin").toString(), (path, bin) -> bin + File.pathSeparator + path);
		// Its figures are read, and in UTF-8
		builder.environment().put("LC_ALL", "C.UTF-8");
		// Nothing runs long enough to be worth the second compiler
		builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
		Process process = builder.start();
		try {
			if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException(
						"'%s' did not end within %d s: %s".formatted(command, BOUND_SECONDS, Files.readString(output)));
			}
			return new EndedCommand(process.exitValue(), Files.readString(output));
		}
		finally {
			List<ProcessHandle> processes = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
				.toList();
			processes.forEach(ProcessHandle::destroyForcibly);
		}
	}

}
