package dev.mtls.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that has run.
 *
 * @param exitCode its exit code
 * @param output what it wrote
 * @param errors what it wrote as errors
 */
record Program(int exitCode, String output, String errors) {

	private static final int BOUND_SECONDS = 60;

	/**
	 * Run a program to its end.
	 * @param directory its working directory, where its output is kept too
	 * @param input what it reads
	 * @param command the program and its arguments
	 * @return the program that has run
	 */
	static Program run(Path directory, String input, List<String> command) throws IOException, InterruptedException {
		Path in = Files.writeString(Files.createTempFile(directory, "program", ".in"), input);
		Path out = Files.createTempFile(directory, "program", ".out");
		Path err = Files.createTempFile(directory, "program", ".err");
		Process process = new ProcessBuilder(command).directory(directory.toFile())
			.redirectInput(in.toFile())
			.redirectOutput(out.toFile())
			.redirectError(err.toFile())
			.start();
		try {
			if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
				throw new IllegalStateException(
						"%s did not end within %d s: %s%s".formatted(command, BOUND_SECONDS, read(out), read(err)));
			}
			return new Program(process.exitValue(), read(out), read(err));
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String read(Path file) throws IOException {
		return Files.readString(file, StandardCharsets.UTF_8);
	}

}
