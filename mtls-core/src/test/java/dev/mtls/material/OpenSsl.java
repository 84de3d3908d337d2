package dev.mtls.material;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Assumptions;

/**
 * The real {@code openssl}, run in a directory.
 */
final class OpenSsl {

	private final Path directory;

	private OpenSsl(Path directory) {
		this.directory = directory;
	}

	/**
	 * Use openssl, or skip the test where it is not installed.
	 * @param directory the directory to run it in
	 * @return openssl
	 */
	static OpenSsl in(Path directory) {
		Assumptions.assumeTrue(isInstalled(), "openssl is not installed");
		return new OpenSsl(directory);
	}

	/**
	 * Run a command.
	 * @param command its arguments, separated by one space
	 */
	void run(String command) {
		List<String> arguments = new ArrayList<>(List.of("openssl"));
		arguments.addAll(List.of(command.split(" ", -1)));
		Path log = this.directory.resolve("openssl.log");
		try {
			Process process = new ProcessBuilder(arguments).directory(this.directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			process.getOutputStream().close();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(
						"openssl %s: %s".formatted(command, Files.readString(log, StandardCharsets.ISO_8859_1)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isInstalled() {
		for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
			if (Files.isExecutable(Path.of(folder, "openssl"))) {
				return true;
			}
		}
		return false;
	}

}
